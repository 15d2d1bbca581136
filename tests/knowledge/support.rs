use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use lotse::domain::{Classification, IntentScore, Language};
use lotse::knowledge::Embed;
use lotse::text::PreparedText;

/// Texts as bags of hashed words: alike where words are alike. Remembers what it embedded.
#[derive(Default)]
pub(crate) struct WordVectors {
    pub(crate) embedded: Mutex<Vec<String>>,
    pub(crate) broken: AtomicBool,
}

pub(crate) const DIMENSIONS: usize = 64;

pub(crate) fn vector(text: &str) -> Vec<f32> {
    let mut vector = vec![0.0; DIMENSIONS];
    for word in text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty())
    {
        let mut hasher = DefaultHasher::new();
        word.hash(&mut hasher);
        vector[(hasher.finish() % DIMENSIONS as u64) as usize] += 1.0;
    }
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-6);
    vector.iter().map(|value| value / length).collect()
}

impl Embed for WordVectors {
    fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, String> {
        if self.broken.load(Ordering::SeqCst) {
            return Err("out of order".to_owned());
        }
        self.embedded.lock().unwrap().extend(texts.iter().cloned());
        Ok(texts.iter().map(|text| vector(text)).collect())
    }
}

impl WordVectors {
    pub(crate) fn count(&self) -> usize {
        self.embedded.lock().unwrap().len()
    }
}

/// An article file in the making.
pub(crate) struct Draft {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) intents: Vec<String>,
    pub(crate) status: String,
    pub(crate) review_by: String,
    pub(crate) questions: Vec<String>,
    pub(crate) phone: Option<String>,
    pub(crate) body: String,
}

pub(crate) fn draft(id: &str) -> Draft {
    Draft {
        id: id.to_owned(),
        title: format!("Title of {id}"),
        intents: vec!["delivery_period".to_owned()],
        status: "approved".to_owned(),
        review_by: "2999-12-31".to_owned(),
        questions: vec![format!("What about {id}?")],
        phone: Some(format!("Spoken words on {id}.")),
        body: format!("Written words on {id}."),
    }
}

impl Draft {
    pub(crate) fn text(&self) -> String {
        let Self { id, title, intents, status, review_by, questions, phone, body } = self;
        let phone = phone
            .as_ref()
            .map_or(String::new(), |phone| format!("[channels]\nphone = {phone:?}\n"));
        format!(
            "+++\nid = {id:?}\ntitle = {title:?}\nintents = {intents:?}\nstatus = {status:?}\n\
             owner = \"service\"\nreview_by = {review_by}\nvalid_for = \"everyone\"\n\
             questions = {questions:?}\n{phone}+++\n\n{body}\n"
        )
    }

    pub(crate) fn write(&self, folder: &Path, language: &str) -> PathBuf {
        write(folder, &format!("{language}/{}.md", self.id), &self.text())
    }
}

pub(crate) fn write(folder: &Path, path: &str, text: &str) -> PathBuf {
    let file = folder.join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, text).unwrap();
    file
}

pub(crate) fn message(text: &str, language: Language) -> PreparedText {
    PreparedText {
        original: text.to_owned(),
        cleaned: text.to_owned(),
        language,
        entities: Vec::new(),
    }
}

/// A classification with these intents, the first one the best.
pub(crate) fn classification(intents: &[(&str, f32)]) -> Classification {
    let mut scores = intents.iter().map(|(name, confidence)| IntentScore {
        name: (*name).to_owned(),
        confidence: *confidence,
    });
    Classification {
        language: Language::En,
        intent: scores.next(),
        in_scope: Some(0.9),
        alternatives: scores.collect(),
        sentiment: None,
        tier: None,
        answerable: None,
        articles: Vec::new(),
        entities: Vec::new(),
    }
}
