//! Where does an article begin? A form that is filled with what customers asked.

use serde::{Deserialize, Serialize};

use super::View;
use super::format::escape;
use super::frame;
use super::texts;
use crate::domain::Language;

/// The fields of the form, as a browser sends them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DraftForm {
    /// Title.
    pub title: String,
    /// Code of the language.
    pub language: String,
    /// Intents, with commas between them.
    pub intents: String,
    /// Questions, one a line.
    pub questions: String,
    /// The answer in Markdown.
    pub text: String,
}

impl DraftForm {
    /// The intents, one by one.
    pub fn intent_list(&self) -> Vec<String> {
        let names = self.intents.split([',', ' ', '\n']).map(str::trim);
        names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }

    /// The questions, one by one.
    pub fn question_list(&self) -> Vec<String> {
        let lines = self.questions.lines().map(str::trim);
        lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }
}

/// The fields for a form that only hands them on.
pub(super) fn hidden_fields(form: &DraftForm, view: &View) -> String {
    let field = |name: &str, value: &str| {
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value))
    };
    [
        field("title", &form.title),
        field("language", &form.language),
        field("intents", &form.intents),
        field("questions", &form.questions),
        field("lang", view.language.code()),
    ]
    .concat()
}

/// The form, with what was wrong with the last try.
pub fn draft_page(form: &DraftForm, problem: Option<&str>, view: &View) -> String {
    let texts = view.texts();
    let problem = problem.map_or(String::new(), |problem| {
        format!(
            "<p class=\"panel problem\" role=\"alert\"><b>{}</b> {}</p>",
            texts.problem,
            escape(problem)
        )
    });
    let languages: Vec<String> = Language::ALL
        .iter()
        .map(|language| {
            let selected = if language.code() == form.language { " selected" } else { "" };
            let name = texts::language_name(*language, view.language);
            format!("<option value=\"{}\"{selected}>{name}</option>", language.code())
        })
        .collect();
    let body = format!(
        "<div class=\"head\"><div><h1>{}</h1><p class=\"muted\">{}</p></div></div>{problem}\
         <form class=\"panel draft\" method=\"post\" action=\"/reports/drafts\">\
         <label>{}<input class=\"field\" name=\"title\" required maxlength=\"120\" value=\"{}\"></label>\
         <label>{}<select class=\"field\" name=\"language\">{}</select></label>\
         <label>{}<input class=\"field\" name=\"intents\" value=\"{}\"></label>\
         <label>{}<small class=\"muted\">{}</small>\
         <textarea class=\"field\" name=\"questions\" rows=\"6\">{}</textarea></label>\
         <label>{}<textarea class=\"field\" name=\"text\" rows=\"8\">{}</textarea></label>\
         <input type=\"hidden\" name=\"lang\" value=\"{}\">\
         <div><button class=\"button button-main\">{}</button> \
         <a class=\"button button-bare\" href=\"{}\">{}</a></div></form>\n",
        texts.draft,
        texts.draft_means,
        texts.draft_title,
        escape(&form.title),
        texts.draft_language,
        languages.concat(),
        texts.draft_intents,
        escape(&form.intents),
        texts.draft_questions,
        texts.draft_questions_hint,
        escape(&form.questions),
        texts.draft_text,
        escape(&form.text),
        view.language.code(),
        texts.draft_write,
        view.address("/reports", &view.ask),
        texts.draft_back,
    );
    frame::page(view, "", &body)
}

/// What is said once the draft lies in its file.
pub fn draft_written_page(path: &str, view: &View) -> String {
    let texts = view.texts();
    let body = format!(
        "<section class=\"panel empty\" role=\"status\"><h1>{}</h1><p><code>{}</code></p><p>{}</p>\
         <p><a class=\"button\" href=\"{}\">{}</a></p></section>\n",
        texts.draft_written,
        escape(path),
        texts.draft_next,
        view.address("/reports", &view.ask),
        texts.draft_back,
    );
    frame::page(view, "", &body)
}
