//! Tiny checkpoints as others would publish them: random weights under each family's names, and
//! tokenizers trained on a few sentences in several scripts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use half::bf16;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use safetensors::tensor::{Dtype, TensorView};
use serde_json::{Value, json};
use tokenizers::models::TrainerWrapper;
use tokenizers::models::bpe::BpeTrainer;
use tokenizers::models::unigram::UnigramTrainer;
use tokenizers::models::wordpiece::WordPieceTrainer;
use tokenizers::{AddedToken, Tokenizer};

pub(crate) const WIDTH: usize = 32;
pub(crate) const WIDE: usize = 48;
pub(crate) const HEADS: usize = 4;
pub(crate) const LAYERS: usize = 2;
/// Tokens that an encoder reads of one text.
pub(crate) const POSITIONS: usize = 40;

/// German, for which vocabularies are cut.
pub(crate) const GERMAN: [&str; 10] = [
    "wo ist mein paket und wann kommt die lieferung",
    "ich will mein geld zurück und eine erstattung bitte",
    "wann habt ihr offen und wie sind die öffnungszeiten am samstag",
    "schicken sie mir bitte eine kopie der rechnung für das paket",
    "Das Paket Nr. 20481 kam nicht an! Warum? Ich möchte mein Geld zurück.",
    "Größe und Straße stimmen nicht: Königsstraße 14, 20095 Hamburg",
    "wird es heute regnen oder wird das wetter morgen schön",
    "die lieferung kommt nicht und ich brauche die rechnung heute",
    "danke für die schöne lieferung 😊 alles gut",
    "49,90 € für die Lieferung? Öffnen Übermorgen Äpfel",
];

/// What a vocabulary of many languages holds beside.
const OTHERS: [&str; 8] = [
    "где моя посылка и когда придёт доставка моего заказа",
    "я хочу вернуть деньги за мой заказ пожалуйста",
    "когда вы открыты в субботу и когда вы закрыты",
    "где мои деньги и где моя доставка заказа",
    "πού είναι το πακέτο μου και πότε θα έρθει η παραγγελία",
    "θέλω τα χρήματά μου πίσω για την παραγγελία μου",
    "πότε είναι ανοιχτά το σάββατο και πότε θα έρθει το πακέτο",
    "πού είναι τα χρήματά μου και η παραγγελία μου",
];

/// A family and how a checkpoint of it is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// Without a prefix before the names.
    Bert,
    /// `bert.` before the names, gamma and beta in the norms, 16-bit brain floats.
    OldBert,
    DistilBert,
    Roberta,
    XlmRoberta,
}

/// The three kinds of subword models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pieces {
    WordPiece,
    Unigram,
    Bpe,
}

/// Tensors by the family's own names.
pub(crate) type Tensors = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

/// A checkpoint in a directory of its own.
pub(crate) struct Checkpoint {
    pub(crate) directory: PathBuf,
    pub(crate) family: Family,
    pub(crate) tensors: Tensors,
    pub(crate) tokenizer: Tokenizer,
}

impl Checkpoint {
    /// Token ids, cut to what the encoder reads, as the original's own tools would.
    pub(crate) fn encode(&self, text: &str) -> Vec<u32> {
        let encoding = self.tokenizer.encode(text, true).expect("the text is tokenised");
        let mut ids = encoding.get_ids().to_vec();
        if ids.len() > POSITIONS {
            let last = ids[ids.len() - 1];
            ids.truncate(POSITIONS);
            ids[POSITIONS - 1] = last;
        }
        ids
    }

    /// A file of it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Changes a JSON file.
    pub(crate) fn edit(&self, name: &str, change: impl FnOnce(&mut Value)) {
        let text = std::fs::read_to_string(self.file(name)).expect("the file");
        let mut value = serde_json::from_str(&text).expect("JSON");
        change(&mut value);
        std::fs::write(self.file(name), value.to_string()).expect("the file is written");
    }

    /// Writes the tensors anew, after a change to them.
    pub(crate) fn save(&self) {
        write(&self.tensors, self.family == Family::OldBert, &self.file("model.safetensors"));
    }
}

/// Writes a checkpoint with random weights.
pub(crate) fn checkpoint(directory: &Path, family: Family, pieces: Pieces) -> Checkpoint {
    std::fs::create_dir_all(directory).expect("a directory");
    let json = tokenizer(pieces);
    std::fs::write(directory.join("tokenizer.json"), json.to_string()).expect("tokenizer.json");
    let mut tokenizer: Tokenizer =
        serde_json::from_value(json).expect("a tokenizer that the crate reads");
    tokenizer.with_padding(None);
    tokenizer.with_truncation(None).expect("no truncation");
    let rows = tokenizer.get_vocab_size(true);
    std::fs::write(directory.join("config.json"), config(family, rows).to_string())
        .expect("config.json");
    let tensors = tensors(family, rows);
    let checkpoint = Checkpoint { directory: directory.to_owned(), family, tensors, tokenizer };
    checkpoint.save();
    checkpoint
}

fn config(family: Family, rows: usize) -> Value {
    match family {
        Family::Bert | Family::OldBert => json!({
            "model_type": "bert", "hidden_size": WIDTH, "intermediate_size": WIDE,
            "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "hidden_act": "gelu",
            "max_position_embeddings": POSITIONS, "vocab_size": rows, "type_vocab_size": 2,
            "layer_norm_eps": 1e-12, "pad_token_id": 0
        }),
        Family::DistilBert => json!({
            "model_type": "distilbert", "dim": WIDTH, "hidden_dim": WIDE, "n_layers": LAYERS,
            "n_heads": HEADS, "activation": "gelu", "max_position_embeddings": POSITIONS,
            "vocab_size": rows, "sinusoidal_pos_embds": false, "pad_token_id": 0
        }),
        Family::Roberta | Family::XlmRoberta => json!({
            "model_type": if family == Family::Roberta { "roberta" } else { "xlm-roberta" },
            "hidden_size": WIDTH, "intermediate_size": WIDE, "num_hidden_layers": LAYERS,
            "num_attention_heads": HEADS, "hidden_act": "gelu", "vocab_size": rows,
            "max_position_embeddings": POSITIONS + 2, "type_vocab_size": 1,
            "layer_norm_eps": 1e-5, "pad_token_id": 1
        }),
    }
}

/// Names of a layer's parts: query, key, value, output, norm, wide, narrow, norm.
pub(crate) fn parts(family: Family) -> [&'static str; 8] {
    match family {
        Family::DistilBert => [
            "attention.q_lin",
            "attention.k_lin",
            "attention.v_lin",
            "attention.out_lin",
            "sa_layer_norm",
            "ffn.lin1",
            "ffn.lin2",
            "output_layer_norm",
        ],
        _ => [
            "attention.self.query",
            "attention.self.key",
            "attention.self.value",
            "attention.output.dense",
            "attention.output.LayerNorm",
            "intermediate.dense",
            "output.dense",
            "output.LayerNorm",
        ],
    }
}

/// What stands before the names of the encoder, and before those of its layers.
pub(crate) fn prefixes(family: Family) -> (&'static str, &'static str) {
    match family {
        Family::Bert => ("", "encoder.layer"),
        Family::OldBert => ("bert.", "bert.encoder.layer"),
        Family::DistilBert => ("distilbert.", "distilbert.transformer.layer"),
        Family::Roberta | Family::XlmRoberta => ("roberta.", "roberta.encoder.layer"),
    }
}

/// Random values that 16-bit floats of both kinds hold exactly.
fn tensors(family: Family, rows: usize) -> Tensors {
    let mut random = StdRng::seed_from_u64(11);
    let mut tensors = Tensors::new();
    let mut add = |name: String, shape: &[usize], middle: f32| {
        let values = (0..shape.iter().product::<usize>())
            .map(|_| middle + f32::from(random.random_range(-16_i16..=16)) / 64.0)
            .collect();
        tensors.insert(name, (shape.to_vec(), values));
    };
    let (prefix, layers) = prefixes(family);
    let embeddings = format!("{prefix}embeddings");
    let before = if matches!(family, Family::Roberta | Family::XlmRoberta) { 2 } else { 0 };
    add(format!("{embeddings}.word_embeddings.weight"), &[rows, WIDTH], 0.0);
    add(format!("{embeddings}.position_embeddings.weight"), &[POSITIONS + before, WIDTH], 0.0);
    match family {
        Family::DistilBert => {}
        Family::Bert | Family::OldBert => {
            add(format!("{embeddings}.token_type_embeddings.weight"), &[2, WIDTH], 0.0);
        }
        _ => add(format!("{embeddings}.token_type_embeddings.weight"), &[1, WIDTH], 0.0),
    }
    add(format!("{embeddings}.LayerNorm.weight"), &[WIDTH], 1.0);
    add(format!("{embeddings}.LayerNorm.bias"), &[WIDTH], 0.0);
    for layer in 0..LAYERS {
        for (index, part) in parts(family).into_iter().enumerate() {
            let (shape, middle): (&[usize], f32) = match index {
                4 | 7 => (&[WIDTH], 1.0),
                5 => (&[WIDE, WIDTH], 0.0),
                6 => (&[WIDTH, WIDE], 0.0),
                _ => (&[WIDTH, WIDTH], 0.0),
            };
            add(format!("{layers}.{layer}.{part}.weight"), shape, middle);
            add(format!("{layers}.{layer}.{part}.bias"), &shape[..1], 0.0);
        }
    }
    // What an encoder does not need and a checkpoint holds all the same.
    add(format!("{prefix}pooler.dense.weight"), &[WIDTH, WIDTH], 0.0);
    add("lm_head.bias".to_owned(), &[rows], 0.0);
    tensors
}

fn write(tensors: &Tensors, old: bool, path: &Path) {
    let entries: Vec<(String, Vec<usize>, Vec<u8>)> = tensors
        .iter()
        .map(|(name, (shape, values))| {
            let bytes = if old {
                values.iter().flat_map(|value| bf16::from_f32(*value).to_le_bytes()).collect()
            } else {
                values.iter().flat_map(|value| value.to_le_bytes()).collect()
            };
            let name = if old {
                name.replace("LayerNorm.weight", "LayerNorm.gamma")
                    .replace("LayerNorm.bias", "LayerNorm.beta")
            } else {
                name.clone()
            };
            (name, shape.clone(), bytes)
        })
        .collect();
    let dtype = if old { Dtype::BF16 } else { Dtype::F32 };
    let views = entries.iter().map(|(name, shape, bytes)| {
        (name.as_str(), TensorView::new(dtype, shape.clone(), bytes).expect("a tensor"))
    });
    let bytes = safetensors::serialize(views, None).expect("safetensors");
    std::fs::write(path, bytes).expect("model.safetensors");
}

/// A tokenizer.json trained on both lists of sentences, with settings that an import has to change:
/// truncation, padding, a mask token that the model itself does not know.
fn tokenizer(pieces: Pieces) -> Value {
    let special = |names: [&str; 4]| names.map(|name| AddedToken::from(name, true)).to_vec();
    let roberta = || special(["<s>", "<pad>", "</s>", "<unk>"]);
    let (empty, mut trainer): (Value, TrainerWrapper) = match pieces {
        Pieces::WordPiece => (
            json!({"normalizer": {"type": "BertNormalizer", "clean_text": true,
                        "handle_chinese_chars": true, "strip_accents": false, "lowercase": true},
                   "pre_tokenizer": {"type": "BertPreTokenizer"},
                   "model": {"type": "WordPiece", "unk_token": "[UNK]", "vocab": {},
                        "continuing_subword_prefix": "##", "max_input_chars_per_word": 100}}),
            WordPieceTrainer::builder()
                .show_progress(false)
                .special_tokens(special(["[PAD]", "[UNK]", "[CLS]", "[SEP]"]))
                .vocab_size(500)
                .build()
                .into(),
        ),
        Pieces::Unigram => (
            json!({"pre_tokenizer": {"type": "Metaspace", "replacement": "▁",
                        "prepend_scheme": "always", "split": true},
                   "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0]]}}),
            UnigramTrainer::builder()
                .show_progress(false)
                .special_tokens(roberta())
                .unk_token(Some("<unk>".to_owned()))
                .vocab_size(400)
                .build()
                .expect("a trainer")
                .into(),
        ),
        Pieces::Bpe => (
            json!({"decoder": {"type": "ByteLevel", "add_prefix_space": true,
                        "trim_offsets": true, "use_regex": true},
                   "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": true,
                        "trim_offsets": true, "use_regex": true},
                   "model": {"type": "BPE", "vocab": {}, "merges": []}}),
            BpeTrainer::builder()
                .show_progress(false)
                .special_tokens(roberta())
                .initial_alphabet(
                    tokenizers::pre_tokenizers::byte_level::ByteLevel::alphabet()
                        .into_iter()
                        .collect(),
                )
                .vocab_size(700)
                .build()
                .into(),
        ),
    };
    let mut empty = empty;
    empty["version"] = json!("1.0");
    empty["added_tokens"] = json!([]);
    let mut tokenizer: Tokenizer = serde_json::from_value(empty).expect("an untrained tokenizer");
    tokenizer.train(&mut trainer, GERMAN.iter().chain(&OTHERS)).expect("it is trained");
    let mask = if pieces == Pieces::WordPiece { "[MASK]" } else { "<mask>" };
    tokenizer.add_special_tokens(&[AddedToken::from(mask, true)]);
    let id = |token: &str| tokenizer.token_to_id(token).expect("a special token");
    let mut json = serde_json::to_value(&tokenizer).expect("JSON");
    json["truncation"] = json!({"direction": "Right", "max_length": 8, "strategy": "LongestFirst",
                                "stride": 0});
    let pad = if pieces == Pieces::WordPiece { "[PAD]" } else { "<pad>" };
    json["padding"] = json!({"strategy": {"Fixed": 8}, "direction": "Right", "pad_id": id(pad),
                             "pad_to_multiple_of": null, "pad_type_id": 0, "pad_token": pad});
    let frame = |token: &str| json!({"id": token, "ids": [id(token)], "tokens": [token]});
    let template = |first: &str, last: &str| {
        json!({"type": "TemplateProcessing", "pair": [],
               "single": [{"SpecialToken": {"id": first, "type_id": 0}},
                          {"Sequence": {"id": "A", "type_id": 0}},
                          {"SpecialToken": {"id": last, "type_id": 0}}],
               "special_tokens": {first: frame(first), last: frame(last)}})
    };
    json["post_processor"] = match pieces {
        Pieces::WordPiece => template("[CLS]", "[SEP]"),
        Pieces::Unigram => json!({"type": "Sequence", "processors": [template("<s>", "</s>")]}),
        Pieces::Bpe => json!({"type": "RobertaProcessing", "sep": ["</s>", id("</s>")],
                              "cls": ["<s>", id("<s>")], "trim_offsets": true,
                              "add_prefix_space": true}),
    };
    json
}
