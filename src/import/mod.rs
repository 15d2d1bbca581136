//! How does somebody else's checkpoint become a base of ours?
//!
//! [`Source::locate`] finds a checkpoint on disk or on the hub, [`Checkpoint::read`] brings its
//! configuration and tensors into the layout of [`crate::encoder::Bert`], whatever family of BERT
//! it belongs to. That is all `lotse train --base DIR` needs. [`import`] goes on: it leaves out the
//! pieces that the wanted languages do not use, quantises, writes a base pack and measures how far
//! its vectors are from those of the original.

mod alphabet;
mod checkpoint;
mod family;
mod languages;
mod layout;
mod pieces;
mod report;
mod source;
mod texts;
mod tokenizer_file;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use candle_core::Device;

use self::alphabet::Alphabet;
use self::tokenizer_file::{Retained, TokenizerFile};
use crate::classifier::{
    ClassifierError, FORMAT, Manifest, Pack, TrainingRecord, dot, save_manifest,
};
use crate::encoder::{
    Bert, EncoderConfig, EncoderError, Q4_GROUP, QuantisedQ4, QuantisedQ8, StoredTensor,
    TextTokenizer, Weights,
};

pub use checkpoint::Checkpoint;
pub use report::{Agreement, ImportReport};
pub use source::Source;

/// Name of the word embeddings, the only tensor that has a row a piece.
const WORDS: &str = "embeddings.word_embeddings.weight";

/// What to import, and how.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// Checkpoint directory or hub name.
    pub source: String,
    /// Codes of the languages whose pieces are kept; empty to keep the whole vocabulary.
    pub languages: Vec<String>,
    /// Directory to write.
    pub out: PathBuf,
    /// Most pieces to keep; none for all that the languages' letters can spell.
    pub pieces: Option<usize>,
    /// Texts whose pieces are kept in any case.
    pub texts: Vec<PathBuf>,
    /// Put before every text; by default what the checkpoint asks for.
    pub prefix: Option<String>,
    /// Keep floats (of 16 bits) instead of quantising.
    pub keep_float: bool,
}

/// Why a checkpoint cannot become a base.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// There is no such checkpoint.
    #[error(
        "no checkpoint called {name}: give a checkpoint directory, or a hub name such as \
         intfloat/multilingual-e5-small"
    )]
    NotFound {
        /// What was asked for.
        name: String,
    },
    /// The hub did not give a file.
    #[error(
        "cannot fetch {file} of {name} from the hub: {problem}. Check the name, the network and \
         HF_ENDPOINT, or pass a directory"
    )]
    Hub {
        /// The repository.
        name: String,
        /// The file.
        file: String,
        /// What went wrong.
        problem: String,
    },
    /// A file of the checkpoint is missing or cannot be used as it is.
    #[error("{path}: {problem}")]
    File {
        /// The file, or the directory that lacks it.
        path: PathBuf,
        /// What is wrong and what to do.
        problem: String,
    },
    /// The network is none that the encoder computes.
    #[error(
        "{path}: model_type `{model_type}` cannot be a base: {reason}. Checkpoints of bert, \
         distilbert, roberta, xlm-roberta and camembert can (MiniLM and E5 are among them)"
    )]
    Architecture {
        /// `config.json`.
        path: PathBuf,
        /// What it calls itself.
        model_type: String,
        /// What sets it apart.
        reason: String,
    },
    /// A language whose letters are not known.
    #[error("language `{code}` is not known; known are {known}")]
    Language {
        /// What was asked for.
        code: String,
        /// All codes.
        known: String,
    },
    /// The options contradict each other.
    #[error("{0}")]
    Options(String),
    /// The encoder refused.
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    /// The pack could not be written or read again.
    #[error(transparent)]
    Pack(#[from] ClassifierError),
}

/// Imports a checkpoint as a base pack and tells what became of it.
pub fn import(options: &ImportOptions) -> Result<ImportReport, ImportError> {
    let alphabet = Alphabet::of(&options.languages)?;
    if options.languages.is_empty() && (options.pieces.is_some() || !options.texts.is_empty()) {
        return Err(ImportError::Options(
            "--pieces and --text choose among the pieces of languages: give --languages too"
                .to_owned(),
        ));
    }
    let source = Source::locate(&options.source)?
        .ok_or_else(|| ImportError::NotFound { name: options.source.clone() })?;
    if source.is_pack() {
        return Err(ImportError::File {
            path: source.directory,
            problem: "is a model pack already; `lotse train --base` takes it as it is".to_owned(),
        });
    }
    let checkpoint = Checkpoint::read(&source, options.prefix.as_deref())?;
    let vocabulary = TokenizerFile::read(&source.tokenizer())?;
    vocabulary.check_rows(checkpoint.config.vocab_size)?;
    let texts = texts::read_all(&options.texts)?;
    let keep = match &alphabet {
        None => vocabulary.pieces().map(|piece| piece.id).collect(),
        Some(alphabet) => {
            let used = vocabulary.ids_used(&checkpoint.prefix, &texts)?;
            pieces::choose(&vocabulary, alphabet, &used, options.pieces)
        }
    };
    let retained = vocabulary.retain(&keep);
    let samples = texts::samples(&options.languages, &texts);
    let before = Encoded::new(
        &checkpoint.config,
        &checkpoint.weights,
        &checkpoint.tokenizer,
        &checkpoint.prefix,
        &samples,
    )?;
    let report = ImportReport::begin(&checkpoint, &source, &vocabulary, &retained);
    let mut manifest = manifest(options, &source, &checkpoint);
    write(options, checkpoint, &retained, before.mean(), &mut manifest)?;

    let pack = Pack::load(&options.out)?;
    let after =
        Encoded::new(&pack.config, &pack.weights, &pack.tokenizer, &manifest.prefix, &samples)?;
    let agreement = Agreement::between(&before, &after, &retained.old_ids);
    let report = report.finish(agreement, &options.out);
    manifest.figures = report.figures();
    save_manifest(&manifest, &options.out)?;
    Ok(report)
}

/// Texts as one encoder reads them.
pub(crate) struct Encoded {
    /// Token ids of each text.
    ids: Vec<Vec<u32>>,
    /// Pooled vector of each text.
    vectors: Vec<Vec<f32>>,
}

impl Encoded {
    fn new(
        config: &EncoderConfig,
        weights: &Weights,
        tokenizer: &TextTokenizer,
        prefix: &str,
        texts: &[String],
    ) -> Result<Self, ImportError> {
        let ids = texts
            .iter()
            .map(|text| tokenizer.encode(prefix, text))
            .collect::<Result<Vec<_>, _>>()?;
        let vectors = Bert::new(config, weights, &Device::Cpu)?.pooled_all(&ids, |_| {})?;
        Ok(Self { ids, vectors })
    }

    /// Mean of the vectors.
    fn mean(&self) -> Vec<f32> {
        let count = self.vectors.len() as f32;
        let mut mean = vec![0.0; self.vectors.first().map_or(0, Vec::len)];
        for vector in &self.vectors {
            mean.iter_mut().zip(vector).for_each(|(sum, value)| *sum += value / count);
        }
        mean
    }
}

/// Cosine of two vectors.
fn cosine(left: &[f32], right: &[f32]) -> f64 {
    f64::from(dot(left, right)) / f64::from(dot(left, left) * dot(right, right)).sqrt()
}

/// Writes the pack, `lotse.json` last.
fn write(
    options: &ImportOptions,
    checkpoint: Checkpoint,
    retained: &Retained,
    centre: Vec<f32>,
    manifest: &mut Manifest,
) -> Result<(), ImportError> {
    let Checkpoint { mut config, mut weights, .. } = checkpoint;
    keep_rows(&mut weights, &retained.old_ids, config.hidden_size)?;
    config.vocab_size = retained.old_ids.len();
    let mut weights = if options.keep_float { weights } else { quantise(&weights) };
    // What a trained pack takes from its training rows; here only so that the pack can be opened.
    let shape = vec![config.hidden_size];
    weights.insert("head.search.centre", StoredTensor::Float { shape, values: centre });
    let failed = |path: &Path, error: &std::io::Error| ImportError::File {
        path: path.to_owned(),
        problem: format!("cannot be written: {error}"),
    };
    std::fs::create_dir_all(&options.out).map_err(|error| failed(&options.out, &error))?;
    let tokenizer = options.out.join("tokenizer.json");
    std::fs::write(&tokenizer, retained.json.to_string())
        .map_err(|error| failed(&tokenizer, &error))?;
    Pack::save(manifest, &config, &weights, &tokenizer, &options.out)?;
    Ok(())
}

/// Word embeddings of the kept pieces, in their new order.
fn keep_rows(weights: &mut Weights, old_ids: &[u32], width: usize) -> Result<(), EncoderError> {
    let values = weights.remove(WORDS).map(|tensor| tensor.to_f32()).unwrap_or_default();
    let mut kept = Vec::with_capacity(old_ids.len() * width);
    for id in old_ids {
        let start = *id as usize * width;
        kept.extend_from_slice(values.get(start..start + width).ok_or_else(|| {
            EncoderError::Tensor { name: WORDS.to_owned(), problem: format!("has no row {id}") }
        })?);
    }
    weights.insert(WORDS, StoredTensor::Float { shape: vec![old_ids.len(), width], values: kept });
    Ok(())
}

/// Word embeddings at 4 bit (8 where their width does not allow it), the layers' matrices at 8.
fn quantise(weights: &Weights) -> Weights {
    let mut quantised = Weights::default();
    for (name, tensor) in weights.iter() {
        let shape = tensor.shape();
        let smaller = match *shape {
            [_, columns] if name == WORDS && columns.is_multiple_of(Q4_GROUP) => {
                StoredTensor::Q4(QuantisedQ4::quantise(&tensor.to_f32(), columns))
            }
            [_, columns] if name == WORDS || name.starts_with("encoder.") => {
                StoredTensor::Q8(QuantisedQ8::quantise(&tensor.to_f32(), columns))
            }
            _ => tensor.clone(),
        };
        quantised.insert(name, smaller);
    }
    quantised
}

fn manifest(options: &ImportOptions, source: &Source, checkpoint: &Checkpoint) -> Manifest {
    Manifest {
        format: FORMAT,
        name: options.out.file_name().map_or_else(String::new, |n| n.to_string_lossy().into()),
        languages: options.languages.clone(),
        prefix: checkpoint.prefix.clone(),
        heads: BTreeMap::new(),
        scope: None,
        tier_floor: BTreeMap::new(),
        answering: None,
        training: TrainingRecord {
            created: jiff::Timestamp::now()
                .round(jiff::Unit::Second)
                .map_or_else(|_| String::new(), |time| time.to_string()),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            quality: "none".to_owned(),
            base: source.label.clone(),
            ..TrainingRecord::default()
        },
        figures: BTreeMap::new(),
        files: BTreeMap::new(),
    }
}
