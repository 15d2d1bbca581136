//! The files, by the page that they belong to.

use super::Asset;

const PAGE: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// A file of a folder beside this one.
macro_rules! asset {
    ($folder:literal, $name:literal, $type:expr) => {
        Asset {
            folder: $folder,
            name: $name,
            content_type: $type,
            contents: include_str!(concat!($folder, "/", $name)),
        }
    };
}

/// The chat widget.
pub(super) const WIDGET: Asset = asset!("widget", "widget.js", SCRIPT);

/// The agents' console.
pub(super) const CONSOLE: Asset = asset!("console", "console.html", PAGE);

/// What the pages load.
pub(super) const ALL: &[Asset] = &[
    asset!("common", "api.js", SCRIPT),
    asset!("common", "dom.js", SCRIPT),
    asset!("common", "markdown.js", SCRIPT),
    asset!("common", "tokens.css", STYLE),
    asset!("console", "actions.js", SCRIPT),
    asset!("console", "articles.js", SCRIPT),
    asset!("console", "clock.js", SCRIPT),
    asset!("console", "composer.js", SCRIPT),
    asset!("console", "console.css", STYLE),
    asset!("console", "console.js", SCRIPT),
    asset!("console", "conversation.js", SCRIPT),
    asset!("console", "correct.js", SCRIPT),
    asset!("console", "desk.js", SCRIPT),
    asset!("console", "details.css", STYLE),
    asset!("console", "details.js", SCRIPT),
    asset!("console", "dialog.js", SCRIPT),
    asset!("console", "dialogs.js", SCRIPT),
    asset!("console", "format.js", SCRIPT),
    asset!("console", "icons.js", SCRIPT),
    asset!("console", "keyboard.js", SCRIPT),
    asset!("console", "labels.js", SCRIPT),
    asset!("console", "list.js", SCRIPT),
    asset!("console", "lists.css", STYLE),
    asset!("console", "live.js", SCRIPT),
    asset!("console", "news.js", SCRIPT),
    asset!("console", "overview.js", SCRIPT),
    asset!("console", "own-queues.js", SCRIPT),
    asset!("console", "place.js", SCRIPT),
    asset!("console", "reading.js", SCRIPT),
    asset!("console", "signin.js", SCRIPT),
    asset!("console", "summary.js", SCRIPT),
    asset!("console", "texts.js", SCRIPT),
    asset!("console", "thread.css", STYLE),
    asset!("console", "thread.js", SCRIPT),
    asset!("console", "unread.js", SCRIPT),
    asset!("console", "unsent.js", SCRIPT),
    asset!("console", "windows.css", STYLE),
    asset!("reports", "reports.css", STYLE),
];
