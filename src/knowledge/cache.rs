//! Which texts have a vector already? Embedding thousands of phrasings takes seconds, and an edit
//! changes one of them.
//!
//! The file: `LOTSEVEC`, format (u32), vectors (u64), dimensions (u32), then of each vector its key
//! (32 bytes) and its values (f32), then the SHA-256 of all that. Little endian.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{Embed, KnowledgeError};

const MAGIC: &[u8; 8] = b"LOTSEVEC";
const FORMAT: u32 = 1;
const HEADER: usize = 8 + 4 + 8 + 4;
const HASH: usize = 32;
/// Texts embedded in one call, so that progress can be told and memory stays bounded.
const TEXTS_AT_ONCE: usize = 512;

type Key = [u8; HASH];

/// Vectors of texts by the hash of model and text, in memory and, if wanted, in a file.
#[derive(Debug, Default)]
pub struct VectorCache {
    model: String,
    file: Option<PathBuf>,
    vectors: HashMap<Key, Arc<[f32]>>,
    /// Whether the file lacks something of `vectors`, or holds something else.
    unsaved: bool,
}

impl VectorCache {
    /// A cache that lives as long as the process.
    pub fn in_memory() -> Self {
        Self::default()
    }

    /// A cache kept in `file`. `model` tells models apart: vectors of another model are not used.
    /// A file that is missing, damaged or of another format counts as empty and is written anew.
    pub fn open(file: &Path, model: &str) -> Self {
        let vectors = match std::fs::read(file) {
            Ok(bytes) => {
                let vectors = decode(&bytes);
                if vectors.is_none() {
                    tracing::warn!(file = %file.display(), "vector cache is damaged: not used");
                }
                vectors
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                tracing::warn!(file = %file.display(), %error, "cannot read the vector cache");
                None
            }
        };
        Self {
            model: model.to_owned(),
            file: Some(file.to_owned()),
            unsaved: vectors.is_none(),
            vectors: vectors.unwrap_or_default(),
        }
    }

    /// Number of vectors held.
    pub fn len(&self) -> usize {
        self.vectors.len()
    }

    /// Whether no vector is held.
    pub fn is_empty(&self) -> bool {
        self.vectors.is_empty()
    }

    /// Vectors of all texts, in order; only texts without one are embedded. Afterwards the cache
    /// holds the vectors of these texts and no others, and its file is up to date. A file that
    /// cannot be written costs time at the next start, nothing else, and is only logged.
    pub(super) fn vectors(
        &mut self,
        texts: &[String],
        embed: &dyn Embed,
    ) -> Result<Vec<Arc<[f32]>>, KnowledgeError> {
        let keys: Vec<Key> = texts.iter().map(|text| self.key(text)).collect();
        let wanted: BTreeMap<Key, &String> = keys.iter().copied().zip(texts).collect();
        let before = self.vectors.len();
        self.vectors.retain(|key, _| wanted.contains_key(key));
        self.unsaved |= self.vectors.len() != before;
        let missing: Vec<(Key, &String)> =
            wanted.into_iter().filter(|(key, _)| !self.vectors.contains_key(key)).collect();
        let mut done = 0;
        for chunk in missing.chunks(TEXTS_AT_ONCE) {
            self.embed(chunk, embed)?;
            done += chunk.len();
            if missing.len() > TEXTS_AT_ONCE {
                tracing::info!(done, of = missing.len(), "embedding phrasings of the articles");
            }
        }
        self.save();
        Ok(keys.iter().map(|key| Arc::clone(&self.vectors[key])).collect())
    }

    fn key(&self, text: &str) -> Key {
        Sha256::new()
            .chain_update(&self.model)
            .chain_update([0])
            .chain_update(text)
            .finalize()
            .into()
    }

    fn embed(&mut self, texts: &[(Key, &String)], embed: &dyn Embed) -> Result<(), KnowledgeError> {
        let plain: Vec<String> = texts.iter().map(|(_, text)| (*text).clone()).collect();
        let vectors = embed.embed(&plain).map_err(KnowledgeError::Embed)?;
        let dimensions = self
            .vectors
            .values()
            .next()
            .map_or_else(|| vectors.first().map_or(0, Vec::len), |v| v.len());
        if vectors.len() != texts.len()
            || vectors.iter().any(|vector| vector.len() != dimensions)
            || vectors.iter().flatten().any(|value| !value.is_finite())
        {
            let problem = format!(
                "{} texts gave {} vectors, not all of them {dimensions} finite numbers long",
                texts.len(),
                vectors.len()
            );
            return Err(KnowledgeError::Embed(problem));
        }
        for ((key, _), vector) in texts.iter().zip(vectors) {
            self.vectors.insert(*key, vector.into());
        }
        self.unsaved = true;
        Ok(())
    }

    fn save(&mut self) {
        let Some(file) = self.file.as_ref().filter(|_| self.unsaved) else { return };
        match write_atomically(file, &encode(&self.vectors)) {
            Ok(()) => self.unsaved = false,
            Err(error) => {
                tracing::warn!(file = %file.display(), %error, "cannot write the vector cache");
            }
        }
    }
}

/// Readers of `file` see the old content or the new, never a part.
fn write_atomically(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder)?;
    }
    // Two processes may write at once: each into a file of its own.
    let draft = file.with_extension(format!("{}.tmp", std::process::id()));
    let written = std::fs::File::create(&draft).and_then(|mut handle| {
        handle.write_all(bytes)?;
        handle.sync_all()?;
        std::fs::rename(&draft, file)
    });
    if written.is_err() {
        // The draft may not even exist; the first error is the one that tells something.
        let _ = std::fs::remove_file(&draft);
    }
    written
}

fn encode(vectors: &HashMap<Key, Arc<[f32]>>) -> Vec<u8> {
    let dimensions = vectors.values().next().map_or(0, |vector| vector.len());
    let mut bytes = Vec::with_capacity(HEADER + vectors.len() * (HASH + 4 * dimensions) + HASH);
    bytes.extend(MAGIC);
    bytes.extend(FORMAT.to_le_bytes());
    bytes.extend((vectors.len() as u64).to_le_bytes());
    bytes.extend((dimensions as u32).to_le_bytes());
    for (key, vector) in vectors {
        bytes.extend(key);
        bytes.extend(vector.iter().flat_map(|value| value.to_le_bytes()));
    }
    let hash = Sha256::digest(&bytes);
    bytes.extend(hash);
    bytes
}

/// The vectors of a cache file, none if anything about it is not as written.
fn decode(bytes: &[u8]) -> Option<HashMap<Key, Arc<[f32]>>> {
    let (content, hash) = bytes.split_at_checked(bytes.len().checked_sub(HASH)?)?;
    if Sha256::digest(content).as_slice() != hash {
        return None;
    }
    let (header, vectors) = content.split_at_checked(HEADER)?;
    let (magic, header) = header.split_first_chunk::<8>()?;
    let (format, header) = header.split_first_chunk::<4>()?;
    let (count, header) = header.split_first_chunk::<8>()?;
    let (dimensions, _) = header.split_first_chunk::<4>()?;
    if magic != MAGIC || u32::from_le_bytes(*format) != FORMAT {
        return None;
    }
    let row = HASH + 4 * u32::from_le_bytes(*dimensions) as usize;
    if u64::from_le_bytes(*count).checked_mul(row as u64) != Some(vectors.len() as u64) {
        return None;
    }
    vectors
        .chunks_exact(row)
        .map(|row| {
            let (key, values) = row.split_first_chunk::<HASH>()?;
            let (values, _) = values.as_chunks::<4>();
            let vector: Arc<[f32]> =
                values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
            Some((*key, vector))
        })
        .collect()
}
