//! How are objects of S3, Google Cloud Storage and Azure read and written? Whole, over a file:
//! credentials come from the environment as each store's own tools have them (`AWS_…`, `GOOGLE_…`,
//! `AZURE_…`).

use std::fs::File;
use std::path::Path;

use url::Url;

use super::BatchError;

#[cfg(feature = "object-store")]
mod remote {
    use std::fs::File;
    use std::io::{Read, Seek, Write};
    use std::path::Path;

    use futures::StreamExt;
    use object_store::buffered::BufWriter;
    use object_store::{ObjectStore, ObjectStoreExt, parse_url_opts};
    use tokio::io::AsyncWriteExt;
    use url::Url;

    /// Bytes handed on at once.
    const PIECE: usize = 1 << 20;

    fn store(url: &Url) -> object_store::Result<(Box<dyn ObjectStore>, object_store::path::Path)> {
        let settings = std::env::vars().map(|(name, value)| (name.to_lowercase(), value));
        parse_url_opts(url, settings)
    }

    pub(super) fn fetch(url: &Url) -> std::io::Result<File> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let (store, path) = store(url)?;
            let mut file = tempfile::tempfile()?;
            let mut content = store.get(&path).await?.into_stream();
            while let Some(piece) = content.next().await {
                file.write_all(&piece?)?;
            }
            file.rewind()?;
            Ok(file)
        })
    }

    pub(super) fn send(from: &Path, url: &Url) -> std::io::Result<()> {
        let mut file = File::open(from)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let (store, path) = store(url)?;
            let mut writer = BufWriter::new(store.into(), path);
            let mut piece = vec![0; PIECE];
            loop {
                let count = file.read(&mut piece)?;
                if count == 0 {
                    return writer.shutdown().await;
                }
                writer.write_all(&piece[..count]).await?;
            }
        })
    }
}

#[cfg(not(feature = "object-store"))]
mod remote {
    use std::fs::File;
    use std::path::Path;

    use url::Url;

    fn missing() -> std::io::Error {
        std::io::Error::other(
            "this lotse was built without object stores: copy the file here, or build with \
             `cargo build --release --features object-store`",
        )
    }

    pub(super) fn fetch(_: &Url) -> std::io::Result<File> {
        Err(missing())
    }

    pub(super) fn send(_: &Path, _: &Url) -> std::io::Result<()> {
        Err(missing())
    }
}

/// The content of an object, in a file that goes away with the process.
pub(super) fn fetch(url: &Url) -> Result<File, BatchError> {
    remote::fetch(url).map_err(|error| BatchError::read(url.as_str(), error))
}

/// Makes a file the content of an object.
pub(super) fn send(from: &Path, url: &Url) -> Result<(), BatchError> {
    remote::send(from, url).map_err(|error| BatchError::write(Path::new(url.as_str()), error))
}

/// Whether objects can be reached at all: told before the work and not after it.
pub(super) fn check(url: &Url) -> Result<(), BatchError> {
    if cfg!(feature = "object-store") {
        return Ok(());
    }
    // Without the feature nothing is sent.
    send(Path::new(""), url)
}
