//! What does training work with? Rows, the base encoder, tokens and tasks, read once.

use candle_core::{Device, Tensor};
use sha2::{Digest, Sha256};

use super::base::Base;
use super::distil::{Teacher, shorten};
use super::finetune::{Material, Plan, finetune};
use super::labels::{Task, Vocabulary, tasks, trainable};
use super::probe::{HeadVariables, SHRINKAGE, Scaling, fit_head};
use super::shards::Shards;
use super::{LabelledRow, Quality, TrainError, TrainOptions, read_all};
use crate::classifier::Pack;
use crate::domain::Language;
use crate::encoder::{Bert, TextTokenizer, Weights};

/// Share of the rows kept for validation when no file of them is given.
pub(super) const HELD_BACK: usize = 6;

/// Rows that heads are fitted on before the encoder is trained with them.
const STARTING_ROWS: usize = 6_000;

/// Fewest validation rows that calibration is fitted on.
pub(super) const FEWEST_VALIDATION_ROWS: usize = 10;

/// Rows an intent, at the median, up to which there are few of them.
const FEW_ROWS: usize = 25;

/// Everything that training reads.
pub(super) struct Workshop<'a> {
    pub(super) options: &'a TrainOptions,
    pub(super) device: Device,
    pub(super) shards: Shards,
    pub(super) base: Base,
    pub(super) rows: Vec<LabelledRow>,
    pub(super) valid: Vec<LabelledRow>,
    pub(super) learn: Lessons,
    pub(super) check: Lessons,
    teacher: Option<Teacher>,
}

/// Rows as training sees them.
#[derive(Clone)]
pub(super) struct Lessons {
    /// The texts as a message is read: without quotes and signatures.
    pub(super) texts: Vec<String>,
    pub(super) languages: Vec<Option<Language>>,
    pub(super) sequences: Vec<Vec<u32>>,
    pub(super) tasks: Vec<Task>,
}

/// An encoder and its heads, not quantised yet.
pub(super) struct Trained {
    pub(super) weights: Weights,
    pub(super) heads: Vec<HeadVariables>,
    /// By which the heads see pooled vectors.
    pub(super) scaling: Scaling,
    /// The same training without the validation rows, where it took these in as well: what can be
    /// calibrated.
    pub(super) judge: Option<Box<Trained>>,
}

impl<'a> Workshop<'a> {
    pub(super) fn open(options: &'a TrainOptions) -> Result<Self, TrainError> {
        // A GPU is there only in a program built with the feature `cuda`.
        let device = Device::cuda_if_available(0)?;
        let (rows, valid) = load_rows(options)?;
        let mut base = Base::resolve(&options.base, options.prefix.as_deref())?;
        let of = base.config.num_hidden_layers;
        let kept = shorten(&mut base, options.layers.unwrap_or(of))?;
        let vocabulary = Vocabulary::of(&rows, &options.out_of_scope);
        let learn = trainable(tasks(&rows, &options.out_of_scope, &vocabulary));
        if learn.is_empty() {
            return Err(TrainError::Labels(
                "no label has 10 rows and two values: give more rows with `intent`, `sentiment` \
                 or `tier`"
                    .to_owned(),
            ));
        }
        let check: Vec<Task> = tasks(&valid, &options.out_of_scope, &vocabulary)
            .into_iter()
            .filter(|task| learn.iter().any(|learned| learned.name == task.name))
            .collect();
        let counted = learn.iter().map(|task| format!("{} ({})", task.name, task.labels.len()));
        eprintln!(
            "{} training rows, {} validation rows; heads: {}",
            rows.len(),
            valid.len(),
            counted.collect::<Vec<_>>().join(", ")
        );
        let teacher = match &options.teacher {
            Some(pack) => {
                Some(Teacher::load(&Pack::load(pack)?, &base, of, &learn, kept, &device)?)
            }
            None => None,
        };
        Ok(Self {
            shards: Shards::new(&device)?,
            learn: Lessons::new(&base, &rows, learn)?,
            check: Lessons::new(&base, &valid, check)?,
            options,
            device,
            base,
            rows,
            valid,
            teacher,
        })
    }

    /// The quality asked for, or the one that suits the rows.
    pub(super) fn quality(&self) -> Quality {
        if self.options.quality != Quality::Auto {
            return self.options.quality;
        }
        let Some(intent) = self.learn.tasks.iter().find(|task| task.name == "intent") else {
            return Quality::Full;
        };
        let mut counts = vec![0; intent.labels.len()];
        intent.targets.iter().flatten().for_each(|target| counts[*target as usize] += 1);
        counts.sort_unstable();
        if counts[counts.len() / 2] <= FEW_ROWS { Quality::Few } else { Quality::Full }
    }

    /// `plan` with what the operator set.
    pub(super) fn plan(&self, plan: &Plan) -> Plan {
        Plan {
            epochs: self.options.epochs.unwrap_or(plan.epochs),
            batch: self.options.batch.unwrap_or(plan.batch),
            rate: self.options.rate.unwrap_or(plan.rate),
            // A teacher's states are to be met exactly, which noise does not help.
            dropout: if self.teacher.is_some() { 0.0 } else { plan.dropout },
            ..plan.clone()
        }
    }

    /// Heads on the encoder as the base has it.
    pub(super) fn heads_alone(&self) -> Result<Trained, TrainError> {
        self.start(&self.learn, self.learn.texts.len())
    }

    /// Encoder and heads.
    pub(super) fn tuned(&self, plan: &Plan) -> Result<Trained, TrainError> {
        self.tuned_on(&self.learn, &self.check, plan)
    }

    /// Encoder and heads, from rows other than the workshop's own.
    pub(super) fn tuned_on(
        &self,
        learn: &Lessons,
        check: &Lessons,
        plan: &Plan,
    ) -> Result<Trained, TrainError> {
        // The heads need only a good start.
        let mut trained = self.start(learn, learn.texts.len().min(STARTING_ROWS))?;
        let material = Material {
            base: &self.base,
            learn,
            check,
            scaling: &trained.scaling,
            plan: plan.clone(),
            seed: self.options.seed,
            out: &self.options.out,
            shards: &self.shards,
            teacher: self.teacher.as_ref(),
        };
        let tuned = finetune(&material, trained.heads, &self.device)?;
        for (name, value) in tuned.encoder {
            trained.weights.insert(&name, value);
        }
        trained.heads = tuned.heads;
        Ok(trained)
    }

    /// Heads fitted on the base's vectors of `count` of the rows.
    pub(super) fn start(&self, learn: &Lessons, count: usize) -> Result<Trained, TrainError> {
        let encoder = Bert::new(&self.base.config, &self.base.weights, &self.device)?;
        let spread = evenly(learn.texts.len(), count);
        let pooled = self.pooled_rows(&encoder, learn, &spread, "reading the training rows")?;
        let scaling = Scaling::measure(&pooled);
        let width = self.base.config.hidden_size;
        let matrix = Tensor::from_vec(pooled.concat(), (count, width), &self.device)?;
        let scaled = scaling.apply(&matrix)?;
        let heads = learn
            .tasks
            .iter()
            .map(|task| fit_head(&scaled, &task.only(&spread), SHRINKAGE, &self.device))
            .collect::<Result<_, _>>()?;
        Ok(Trained { weights: self.base.weights.clone(), heads, scaling, judge: None })
    }

    /// Pooled vectors of some rows.
    pub(super) fn pooled_rows(
        &self,
        encoder: &Bert,
        lessons: &Lessons,
        rows: &[usize],
        label: &'static str,
    ) -> Result<Vec<Vec<f32>>, TrainError> {
        let chosen: Vec<Vec<u32>> =
            rows.iter().map(|row| lessons.sequences[*row].clone()).collect();
        self.shards.pooled(encoder, &chosen, label)
    }

    /// Rows on which the space of a trained encoder is measured.
    pub(super) fn sample(&self) -> Vec<usize> {
        evenly(self.learn.texts.len(), self.learn.texts.len().min(STARTING_ROWS))
    }
}

impl Lessons {
    fn new(base: &Base, rows: &[LabelledRow], tasks: Vec<Task>) -> Result<Self, TrainError> {
        let texts: Vec<String> =
            rows.iter().map(|row| crate::text::prepare(&row.text, row.lang).cleaned).collect();
        let sequences = tokenise(&base.tokenizer, &base.prefix, &texts)?;
        let languages = rows.iter().map(|row| row.lang).collect();
        Ok(Self { texts, languages, sequences, tasks })
    }

    /// The rows of both, in order; both have the same tasks.
    pub(super) fn and(&self, other: &Self) -> Self {
        let mut all = self.clone();
        all.texts.extend(other.texts.iter().cloned());
        all.languages.extend(&other.languages);
        all.sequences.extend(other.sequences.iter().cloned());
        for (task, more) in all.tasks.iter_mut().zip(&other.tasks) {
            task.targets.extend(&more.targets);
        }
        all
    }
}

fn load_rows(options: &TrainOptions) -> Result<(Vec<LabelledRow>, Vec<LabelledRow>), TrainError> {
    let mut rows = read_all(&options.data)?;
    let valid = if options.valid.is_empty() {
        // Every sixth row, intent by intent in the order of a hash: the same rows for the same data,
        // every time, and about as many of each intent.
        rows.sort_by_cached_key(|row| {
            (row.intent.clone(), Sha256::digest(row.text.as_bytes()).to_vec())
        });
        let (valid, kept): (Vec<_>, Vec<_>) =
            rows.into_iter().enumerate().partition(|(index, _)| index % HELD_BACK == 0);
        rows = kept.into_iter().map(|(_, row)| row).collect();
        valid.into_iter().map(|(_, row)| row).collect()
    } else {
        read_all(&options.valid)?
    };
    if valid.len() < FEWEST_VALIDATION_ROWS {
        return Err(TrainError::Labels(format!(
            "{} validation rows are too few to calibrate on; give at least \
             {FEWEST_VALIDATION_ROWS}",
            valid.len()
        )));
    }
    Ok((rows, valid))
}

fn tokenise(
    tokenizer: &TextTokenizer,
    prefix: &str,
    texts: &[String],
) -> Result<Vec<Vec<u32>>, TrainError> {
    texts.iter().map(|text| Ok(tokenizer.encode(prefix, text)?)).collect()
}

/// `count` of the numbers below `of`, evenly spread.
fn evenly(of: usize, count: usize) -> Vec<usize> {
    (0..count).map(|index| index * of / count).collect()
}
