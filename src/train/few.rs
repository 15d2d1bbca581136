//! What is best with 5 to 20 rows an intent? Heads alone and encoder with heads are both trained
//! without the validation rows; the one that reads these better is trained again on all rows.

use super::TrainError;
use super::finetune::{Plan, validate};
use super::workshop::{Trained, Workshop};
use crate::encoder::Bert;

impl Workshop<'_> {
    /// The better of heads alone and encoder with heads.
    pub(super) fn few(&self) -> Result<Trained, TrainError> {
        let plan = self.plan(&Plan::few());
        let alone = self.heads_alone()?;
        let tuned = self.tuned(&plan)?;
        let (loss_alone, right_alone) = self.judge(&alone)?;
        let (loss_tuned, right_tuned) = self.judge(&tuned)?;
        eprintln!(
            "held-back rows: heads alone {:.1} % right (loss {loss_alone:.3}), encoder with heads \
             {:.1} % (loss {loss_tuned:.3})",
            100.0 * right_alone,
            100.0 * right_tuned
        );
        let given = !self.options.valid.is_empty();
        let better = loss_tuned < loss_alone;
        let judge = if better { tuned } else { alone };
        if given {
            return Ok(judge);
        }
        let all = self.learn.and(&self.check);
        let trained = if better {
            // There is nothing left to stop early on: the same number of epochs, to the end.
            let plan = Plan { patience: usize::MAX, keep_last: true, ..plan };
            self.tuned_on(&all, &self.check, &plan)?
        } else {
            self.start(&all, all.texts.len())?
        };
        Ok(Trained { judge: Some(Box::new(judge)), ..trained })
    }

    /// Loss at the best temperature, summed over the heads by weight, and the accuracy of the first.
    fn judge(&self, trained: &Trained) -> Result<(f64, f64), TrainError> {
        let encoder = Bert::new(&self.base.config, &trained.weights, &self.device)?;
        let Trained { heads, scaling, .. } = trained;
        let (loss, right) =
            validate(&self.shards, &encoder, heads, scaling, &self.check, &self.device)?;
        Ok((loss, right.first().copied().unwrap_or(0.0)))
    }
}
