//! What does `tokenizer.json` hold, and how is it written with fewer pieces? Works on the JSON of
//! the `tokenizers` crate itself, so that normaliser, splitting and decoder stay as they are.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use tokenizers::Tokenizer;

use super::ImportError;
use super::alphabet::Spelling;
use crate::encoder::EncoderError;

/// The model inside a `tokenizer.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Pieces with a log-probability each; a piece's id is its place.
    Unigram,
    /// Pieces by id, the longest that fits is taken.
    WordPiece,
    /// Whole words by id.
    WordLevel,
    /// Pieces by id, made by merging two others.
    Bpe,
}

/// One piece of the model's vocabulary.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) id: u32,
    pub(super) text: String,
    /// Greater is more frequent: the log-probability, or the place in the vocabulary or among the
    /// merges, counted downwards.
    pub(super) rank: f64,
}

/// A merge of a BPE model: the ids of both parts and of what they make.
#[derive(Clone, Copy)]
struct Merge {
    parts: [u32; 2],
    made: u32,
}

/// A `tokenizer.json` in parts.
pub(super) struct TokenizerFile {
    path: PathBuf,
    json: Value,
    /// The tokenizer itself, which reads texts of any length.
    tokenizer: Tokenizer,
    kind: Kind,
    pieces: Vec<Piece>,
    merges: Vec<Option<Merge>>,
    /// Tokens that were added to the model, in the file's order, with their ids.
    added: Vec<(String, u32)>,
}

/// A `tokenizer.json` with fewer pieces.
pub(super) struct Retained {
    /// To be written.
    pub(super) json: Value,
    /// The id that each new id had before.
    pub(super) old_ids: Vec<u32>,
}

impl TokenizerFile {
    pub(super) fn read(path: &Path) -> Result<Self, ImportError> {
        let bytes = std::fs::read(path)
            .map_err(|source| EncoderError::Read { path: path.to_owned(), source })?;
        let damaged = |problem: String| EncoderError::Damaged { path: path.to_owned(), problem };
        let json: Value =
            serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        let mut tokenizer =
            Tokenizer::from_bytes(&bytes).map_err(|error| damaged(error.to_string()))?;
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|error| damaged(error.to_string()))?;
        let kind = kind(&json["model"]).map_err(damaged)?;
        let mut pieces = pieces(&json["model"], kind);
        let merges = merges(&json["model"], &pieces);
        if kind == Kind::Bpe {
            let made: HashMap<u32, usize> = merges
                .iter()
                .enumerate()
                .rev()
                .filter_map(|(place, merge)| merge.map(|merge| (merge.made, place)))
                .collect();
            for piece in &mut pieces {
                piece.rank = made.get(&piece.id).map_or(0.0, |place| -1.0 - *place as f64);
            }
        }
        let added = json["added_tokens"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|token| {
                let content = token["content"].as_str()?;
                Some((content.to_owned(), tokenizer.token_to_id(content)?))
            })
            .collect();
        Ok(Self { path: path.to_owned(), json, tokenizer, kind, pieces, merges, added })
    }

    /// All pieces of the model, by id.
    pub(super) fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.pieces.iter()
    }

    /// Pieces and added tokens together.
    pub(super) fn len(&self) -> usize {
        self.pieces.len() + self.added_alone().len()
    }

    /// Added tokens that the model does not know itself.
    fn added_alone(&self) -> BTreeSet<u32> {
        let known: BTreeSet<u32> = self.pieces.iter().map(|piece| piece.id).collect();
        self.added.iter().map(|(_, id)| *id).filter(|id| !known.contains(id)).collect()
    }

    /// How a piece's text spells the characters it stands for.
    pub(super) fn spelling(&self) -> Spelling {
        let model = &self.json["model"];
        let text = |key: &str| model[key].as_str().unwrap_or_default().to_owned();
        let byte_level = ["pre_tokenizer", "decoder"]
            .iter()
            .any(|part| mentions_type(&self.json[*part], "ByteLevel"));
        Spelling {
            prefix: text("continuing_subword_prefix"),
            suffix: text("end_of_word_suffix"),
            byte_level,
            byte_fallback: model["byte_fallback"].as_bool().unwrap_or(false),
        }
    }

    /// Refuses a tokenizer that gives ids for which the encoder has no row.
    pub(super) fn check_rows(&self, rows: usize) -> Result<(), ImportError> {
        let ids =
            self.pieces.iter().map(|piece| piece.id).chain(self.added.iter().map(|(_, id)| *id));
        let highest = ids.max().unwrap_or(0);
        if (highest as usize) < rows {
            return Ok(());
        }
        Err(ImportError::File {
            path: self.path.clone(),
            problem: format!(
                "gives ids up to {highest}, and the encoder has {rows} word embeddings: the files \
                 are of different checkpoints"
            ),
        })
    }

    /// Ids that must stay whatever the languages: added tokens, those that frame every text, and
    /// the one for what is unknown.
    pub(super) fn required(&self) -> BTreeSet<u32> {
        let mut required: BTreeSet<u32> = self.added.iter().map(|(_, id)| *id).collect();
        let mut frame = self.json["post_processor"].clone();
        for_each_id(&mut frame, &mut |id| required.extend(as_id(id)));
        let model = &self.json["model"];
        required.extend(as_id(&model["unk_id"]));
        if let Some(unknown) = model["unk_token"].as_str() {
            let found = self.pieces.iter().find(|piece| piece.text == unknown);
            required.extend(found.map(|piece| piece.id));
        }
        required
    }

    /// Ids that occur in any of the texts, each with `prefix` before it.
    pub(super) fn ids_used(
        &self,
        prefix: &str,
        texts: &[String],
    ) -> Result<BTreeSet<u32>, EncoderError> {
        let mut used = BTreeSet::new();
        for text in texts.iter().map(String::as_str).chain([""]) {
            let encoding = self
                .tokenizer
                .encode_fast(format!("{prefix}{text}"), true)
                .map_err(|error| EncoderError::Tokenise(error.to_string()))?;
            used.extend(encoding.get_ids());
        }
        Ok(used)
    }

    /// Adds the pieces that others are merged from.
    pub(super) fn close(&self, keep: &mut BTreeSet<u32>) {
        // Parts are made by earlier merges, so one pass from the last to the first is enough,
        // except in files that were put together by hand.
        loop {
            let before = keep.len();
            for merge in self.merges.iter().rev().flatten() {
                if keep.contains(&merge.made) {
                    keep.extend(merge.parts);
                }
            }
            if keep.len() == before {
                return;
            }
        }
    }

    /// The file with the pieces of `keep` (and what is required), ids counted anew, and without
    /// truncation and padding.
    pub(super) fn retain(&self, keep: &BTreeSet<u32>) -> Retained {
        let mut keep: BTreeSet<u32> = keep | &self.required();
        self.close(&mut keep);
        let kept: Vec<&Piece> =
            self.pieces.iter().filter(|piece| keep.contains(&piece.id)).collect();
        // The crate counts added tokens that the model lacks on from the model's last id.
        let mut old_ids: Vec<u32> = kept.iter().map(|piece| piece.id).collect();
        let alone = self.added_alone();
        for (_, id) in &self.added {
            if alone.contains(id) && !old_ids[kept.len()..].contains(id) {
                old_ids.push(*id);
            }
        }
        let new_ids: BTreeMap<u32, u32> =
            old_ids.iter().enumerate().map(|(new, old)| (*old, new as u32)).collect();

        let mut json = self.json.clone();
        json["truncation"] = Value::Null;
        json["padding"] = Value::Null;
        for token in json["added_tokens"].as_array_mut().into_iter().flatten() {
            let known = self.added.iter().find(|(content, _)| token["content"] == *content);
            if let Some((_, old)) = known {
                token["id"] = json!(new_ids[old]);
            }
        }
        let renumber = |id: &mut Value| {
            if let Some(new) = as_id(id).and_then(|old| new_ids.get(&old)) {
                *id = json!(new);
            }
        };
        for_each_id(&mut json["post_processor"], &mut |id| renumber(id));
        let model = &mut json["model"];
        if self.kind == Kind::Unigram {
            let all = self.json["model"]["vocab"].as_array().map_or(&[][..], Vec::as_slice);
            model["vocab"] = kept.iter().map(|piece| all[piece.id as usize].clone()).collect();
            renumber(&mut model["unk_id"]);
        } else {
            let vocabulary: Map<String, Value> =
                kept.iter().map(|piece| (piece.text.clone(), json!(new_ids[&piece.id]))).collect();
            model["vocab"] = Value::Object(vocabulary);
        }
        if self.kind == Kind::Bpe {
            let all = self.json["model"]["merges"].as_array().map_or(&[][..], Vec::as_slice);
            let stays = |merge: &Option<Merge>| {
                merge.is_some_and(|merge| {
                    keep.contains(&merge.made) && merge.parts.iter().all(|id| keep.contains(id))
                })
            };
            let merges = all.iter().zip(&self.merges);
            model["merges"] =
                merges.filter(|(_, merge)| stays(merge)).map(|(json, _)| json.clone()).collect();
        }
        Retained { json, old_ids }
    }
}

/// The kind of model; files of early versions do not name it, the fields then tell.
fn kind(model: &Value) -> Result<Kind, String> {
    match model["type"].as_str() {
        Some("Unigram") => Ok(Kind::Unigram),
        Some("WordPiece") => Ok(Kind::WordPiece),
        Some("WordLevel") => Ok(Kind::WordLevel),
        Some("BPE") => Ok(Kind::Bpe),
        Some(other) => Err(format!("its model is of the unknown type `{other}`")),
        None if model["vocab"].is_array() => Ok(Kind::Unigram),
        None if model["merges"].is_array() => Ok(Kind::Bpe),
        None if model["continuing_subword_prefix"].is_string() => Ok(Kind::WordPiece),
        None => Ok(Kind::WordLevel),
    }
}

fn pieces(model: &Value, kind: Kind) -> Vec<Piece> {
    if kind == Kind::Unigram {
        let entries = model["vocab"].as_array().into_iter().flatten().enumerate();
        return entries
            .map(|(id, entry)| Piece {
                id: id as u32,
                text: entry[0].as_str().unwrap_or_default().to_owned(),
                rank: entry[1].as_f64().unwrap_or(f64::NEG_INFINITY),
            })
            .collect();
    }
    let mut pieces: Vec<Piece> = model["vocab"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(text, id)| {
            let id = as_id(id)?;
            Some(Piece { id, text: text.clone(), rank: -f64::from(id) })
        })
        .collect();
    pieces.sort_by_key(|piece| piece.id);
    pieces
}

/// The merges of a BPE model in order; none for one whose pieces the vocabulary lacks.
fn merges(model: &Value, pieces: &[Piece]) -> Vec<Option<Merge>> {
    let ids: HashMap<&str, u32> =
        pieces.iter().map(|piece| (piece.text.as_str(), piece.id)).collect();
    let continuing = model["continuing_subword_prefix"].as_str().unwrap_or_default();
    let merge = |entry: &Value| {
        let (left, right) = match entry {
            Value::String(pair) => pair.split_once(' ')?,
            pair => (pair[0].as_str()?, pair[1].as_str()?),
        };
        let tail = right.strip_prefix(continuing).unwrap_or(right);
        let made = *ids.get(format!("{left}{tail}").as_str())?;
        Some(Merge { parts: [*ids.get(left)?, *ids.get(right)?], made })
    };
    model["merges"].as_array().into_iter().flatten().map(merge).collect()
}

fn as_id(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|id| u32::try_from(id).ok())
}

/// Visits every token id of a post-processor. These are all kinds that the crate has.
fn for_each_id(post_processor: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    match post_processor["type"].as_str() {
        Some("TemplateProcessing") => {
            let tokens = post_processor["special_tokens"].as_object_mut();
            for (_, token) in tokens.into_iter().flatten() {
                token["ids"].as_array_mut().into_iter().flatten().for_each(&mut *visit);
            }
        }
        Some("BertProcessing" | "RobertaProcessing") => {
            for end in ["sep", "cls"] {
                if let Some(id) = post_processor[end].get_mut(1) {
                    visit(id);
                }
            }
        }
        Some("Sequence") => {
            let steps = post_processor["processors"].as_array_mut();
            for step in steps.into_iter().flatten() {
                for_each_id(step, visit);
            }
        }
        _ => {}
    }
}

/// Whether a part of the file, or a step within it, is of a type.
fn mentions_type(part: &Value, name: &str) -> bool {
    match part {
        Value::Object(fields) => {
            fields.get("type").and_then(Value::as_str) == Some(name)
                || fields.values().any(|value| mentions_type(value, name))
        }
        Value::Array(steps) => steps.iter().any(|step| mentions_type(step, name)),
        _ => false,
    }
}
