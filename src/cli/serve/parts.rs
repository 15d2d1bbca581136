use std::collections::BTreeSet;
use std::fmt::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

use super::routing_file::RoutingFile;
use crate::classifier::{Classifier, ClassifierService, Manifest, ServiceSettings};
use crate::config::Config;
use crate::desk::{Desk, DeskParts, RoutingSource, system_clock};
use crate::http::{Access, App, AppParts, KnownLabels};
use crate::knowledge::{KnowledgeBase, KnowledgeSettings, VectorCache};
use crate::store::{SqliteStore, Store};
use crate::triage::{Texts, TextsError};

/// What the service is made of, loaded and checked.
pub(super) struct Parts {
    classifier: Arc<ClassifierService>,
    pub(super) knowledge: Arc<KnowledgeBase>,
    store: Arc<dyn Store>,
    routing: RoutingSource,
    texts: Texts,
    access: Access,
}

impl Parts {
    /// Loads the store, the model, the routing rules and the knowledge; the quick ones first, so
    /// that a mistake is told soon.
    pub(super) async fn load(config: &Config) -> anyhow::Result<Self> {
        // The error's text already holds that of its cause.
        let store = SqliteStore::open(&config.store.path)
            .await
            .map_err(|error| anyhow::Error::msg(error.to_string()))?;
        let store: Arc<dyn Store> = Arc::new(store);
        let routing = RoutingFile::open(&config.routing.file)?.source();
        let texts = texts(&config.dir)?;
        let access = Access::new(config, Arc::clone(&store)).await?;
        let settings = config.clone();
        let (classifier, knowledge) =
            tokio::task::spawn_blocking(move || load_model_and_knowledge(&settings))
                .await
                .context("loading the model failed; the log says why")??;
        Ok(Self { classifier, knowledge, store, routing, texts, access })
    }

    /// The service, with all that its handlers need.
    pub(super) fn into_app(self, config: Config) -> anyhow::Result<App> {
        let labels = known_labels(self.classifier.classifier().manifest());
        let answering = self.classifier.classifier().answering().cloned();
        let policy = config.policy.clone().with_answering(answering);
        policy.validate()?;
        let desk = Desk::new(DeskParts {
            store: Arc::clone(&self.store),
            reads: Arc::clone(&self.classifier) as _,
            finds: Arc::clone(&self.knowledge) as _,
            routing: Arc::clone(&self.routing),
            texts: self.texts,
            policy,
            clock: system_clock(),
        })
        .with_country_code(&config.desk.country_code);
        let app = App::new(AppParts {
            desk,
            reads: self.classifier,
            finds: self.knowledge,
            routing: self.routing,
            store: self.store,
            access: self.access,
            labels,
            config,
        });
        app.readiness.set_model(true);
        app.readiness.set_store(true);
        Ok(app)
    }

    /// What the operator reads when the service has started.
    pub(super) fn welcome(&self, config: &Config, address: SocketAddr) -> String {
        let manifest = self.classifier.classifier().manifest();
        let status = self.knowledge.status();
        let articles: Vec<String> = status
            .articles
            .iter()
            .map(|(language, count)| format!("{count} in {}", language.code()))
            .collect();
        let queues: Vec<String> =
            (self.routing)().queues().iter().map(|queue| queue.name.clone()).collect();
        let mut text = format!(
            "Lotse is ready. Open http://{address}\n  \
             model      {} ({} intents)\n  \
             knowledge  {} articles: {}\n  \
             queues     {}\n  \
             store      {}\n",
            manifest.name,
            manifest.heads.get("intent").map_or(0, |head| head.labels.len()),
            status.articles.values().sum::<usize>(),
            articles.join(", "),
            queues.join(", "),
            config.store.path.display(),
        );
        for problem in &status.problems {
            // Writing into a string cannot fail.
            let _ = writeln!(text, "  {problem}");
        }
        if self.access.is_open() {
            text.push_str(
                "\n  OPEN DEMO: there are neither keys nor users, so whoever reaches this address may \
                 read\n  and write everything. Add an administrator with `lotse user add NAME --role \
                 admin` and\n  start again.\n",
            );
        }
        text.push_str("\nPress Ctrl-C to stop.");
        text
    }
}

/// The built-in texts, with those of the operator's `texts.toml` in their place if there is one.
fn texts(dir: &Path) -> Result<Texts, TextsError> {
    let file = dir.join("texts.toml");
    if file.is_file() { Texts::load(&file) } else { Ok(Texts::default()) }
}

fn known_labels(manifest: &Manifest) -> KnownLabels {
    let intents = manifest.heads.get("intent").map(|head| head.labels.clone());
    KnownLabels::new(intents.unwrap_or_default())
}

fn load_model_and_knowledge(
    config: &Config,
) -> anyhow::Result<(Arc<ClassifierService>, Arc<KnowledgeBase>)> {
    let classifier = Arc::new(Classifier::load_for(&config.model.path, config.model.backend)?);
    let manifest = classifier.manifest();
    let known_intents = manifest
        .heads
        .get("intent")
        .map(|head| head.labels.iter().cloned().collect::<BTreeSet<String>>());
    let cache_file = config.dir.join("data").join("vectors.cache");
    let ranking = classifier.answering().map(|answering| answering.ranking).unwrap_or_default();
    let settings = KnowledgeSettings {
        ranking,
        known_intents,
        cache: VectorCache::open(&cache_file, &crate::cli::knowledge::model_id(&classifier)),
        ..KnowledgeSettings::default()
    };
    let knowledge =
        KnowledgeBase::open_with(&config.knowledge.dir, Arc::clone(&classifier) as _, settings)?;
    let workers = match config.model.workers {
        0 => ServiceSettings::default().workers,
        workers => workers,
    };
    let settings = ServiceSettings {
        workers,
        capacity: config.model.capacity,
        repeated: config.model.repeated,
    };
    let service = ClassifierService::start(classifier, settings)
        .context("cannot start the threads of the encoder")?;
    Ok((Arc::new(service), Arc::new(knowledge)))
}
