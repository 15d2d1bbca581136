use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;
use utoipa::ToSchema;

/// Whether messages can be worked on now: each part says so for itself.
#[derive(Debug, Default)]
pub struct Readiness {
    model: AtomicBool,
    store: AtomicBool,
    knowledge: AtomicBool,
    stopping: AtomicBool,
}

/// The answer of `GET /readyz`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own in the answer")]
pub struct ReadinessReport {
    /// All parts are ready and the process is not going down.
    pub ready: bool,
    /// The model pack is loaded.
    pub model: bool,
    /// The store answered last time.
    pub store: bool,
    /// At least one article may be said.
    pub knowledge: bool,
    /// The process was asked to stop.
    pub stopping: bool,
}

impl Readiness {
    /// Notes whether the model pack is loaded.
    pub fn set_model(&self, ready: bool) {
        self.model.store(ready, Ordering::Relaxed);
    }

    /// Notes whether the store answers.
    pub fn set_store(&self, ready: bool) {
        self.store.store(ready, Ordering::Relaxed);
    }

    /// Notes whether there are articles.
    pub fn set_knowledge(&self, ready: bool) {
        self.knowledge.store(ready, Ordering::Relaxed);
    }

    /// Notes that the process is going down; there is no way back.
    pub fn set_stopping(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// How things stand now.
    pub fn report(&self) -> ReadinessReport {
        let [model, store, knowledge, stopping] =
            [&self.model, &self.store, &self.knowledge, &self.stopping]
                .map(|flag| flag.load(Ordering::Relaxed));
        let ready = model && store && knowledge && !stopping;
        ReadinessReport { ready, model, store, knowledge, stopping }
    }
}
