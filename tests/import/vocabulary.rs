//! Are texts of the languages still split as before, and are the ids of all tokens right?

use std::path::Path;

use lotse::import::{ImportOptions, import};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tokenizers::Tokenizer;

use super::checkpoints::{Checkpoint, Family, GERMAN, Pieces, checkpoint};
use super::families::options;

const KINDS: [Pieces; 3] = [Pieces::WordPiece, Pieces::Unigram, Pieces::Bpe];

fn tokenizer(pack: &Path) -> Tokenizer {
    Tokenizer::from_file(pack.join("tokenizer.json")).expect("the crate reads what was written")
}

fn tokens(tokenizer: &Tokenizer, text: &str) -> Vec<String> {
    let encoding = tokenizer.encode(text, true).expect("the text is tokenised");
    encoding.get_tokens().to_vec()
}

fn with_pack(pieces: Pieces, test: impl FnOnce(&Checkpoint, &Tokenizer)) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let checkpoint = checkpoint(directory.path(), Family::Bert, pieces);
    let out = directory.path().join("pack");
    import(&options(&checkpoint, &out)).expect("the import");
    test(&checkpoint, &tokenizer(&out));
}

#[test]
fn texts_of_the_language_are_split_as_before() {
    for pieces in KINDS {
        with_pack(pieces, |checkpoint, cut| {
            let text = "[a-zA-ZäöüÄÖÜß0-9 .,!?€😊☎️-]{0,40}";
            let words = prop::collection::vec(prop::sample::select(GERMAN.to_vec()), 0..3)
                .prop_map(|sentences| sentences.join(" "));
            TestRunner::default()
                .run(&prop_oneof![text, words], |text| {
                    prop_assert_eq!(tokens(&checkpoint.tokenizer, &text), tokens(cut, &text));
                    Ok(())
                })
                .unwrap_or_else(|error| panic!("{pieces:?}: {error}"));
        });
    }
}

#[test]
fn ids_run_from_nought_and_added_tokens_keep_their_place_at_the_end() {
    for pieces in KINDS {
        with_pack(pieces, |checkpoint, cut| {
            let mut ids: Vec<u32> = cut.get_vocab(true).into_values().collect();
            ids.sort_unstable();
            assert_eq!(ids, (0..ids.len() as u32).collect::<Vec<_>>(), "{pieces:?}");
            let mask = if pieces == Pieces::WordPiece { "[MASK]" } else { "<mask>" };
            assert_eq!(cut.token_to_id(mask), Some(ids.len() as u32 - 1), "{pieces:?}");
            assert!(cut.get_truncation().is_none() && cut.get_padding().is_none());
            for token in checkpoint.tokenizer.get_added_tokens_decoder().into_values() {
                let id = cut.token_to_id(&token.content).expect("it is still there");
                let encoding = cut.encode(token.content.as_str(), false).expect("ids");
                assert!(encoding.get_ids().contains(&id), "{pieces:?} {}", token.content);
            }
        });
    }
}

#[test]
fn other_scripts_go() {
    for pieces in KINDS {
        with_pack(pieces, |checkpoint, cut| {
            let text = "посылка παραγγελία";
            let before = checkpoint.tokenizer.encode(text, false).expect("ids");
            let after = cut.encode(text, false).expect("ids");
            if pieces == Pieces::Bpe {
                // Bytes remain, so that anything can be spelled.
                assert!(after.len() > before.len());
                let decoded = cut.decode(after.get_ids(), true).expect("a text");
                assert_eq!(decoded.trim(), text);
            } else {
                let unknown = ["[UNK]", "<unk>"].iter().find_map(|token| cut.token_to_id(token));
                assert!(after.get_ids().contains(&unknown.expect("a token for the unknown")));
            }
        });
    }
}

#[test]
fn a_budget_keeps_what_the_own_texts_use() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for pieces in KINDS {
        let place = directory.path().join(format!("{pieces:?}"));
        let checkpoint = checkpoint(&place, Family::Bert, pieces);
        let (lines, rows) = (place.join("texts.txt"), place.join("texts.jsonl"));
        std::fs::write(&lines, GERMAN[0]).expect("a file");
        let row = serde_json::json!({"text": "где моя посылка", "intent": "track_order"});
        std::fs::write(&rows, format!("{row}\n\n{}\n", GERMAN[2])).expect("a file");
        let out = place.join("pack");
        let all = import(&options(&checkpoint, &out)).expect("the import").pieces_after;
        let texts = vec![lines, rows];
        let budget = all - 5;
        let less = ImportOptions { pieces: Some(budget), texts, ..options(&checkpoint, &out) };
        let report = import(&less).expect("the import");
        assert_eq!(report.pieces_after, budget, "{pieces:?}");
        let cut = tokenizer(&out);
        for text in [GERMAN[0], GERMAN[2], "где моя посылка"] {
            assert_eq!(tokens(&checkpoint.tokenizer, text), tokens(&cut, text), "{pieces:?}");
        }
        // However small the budget, single letters stay and spell everything.
        let least = ImportOptions { pieces: Some(1), ..options(&checkpoint, &out) };
        let report = import(&least).expect("the import");
        assert!(report.pieces_after < budget, "{pieces:?}: {}", report.pieces_after);
        let spelled = tokens(&tokenizer(&out), GERMAN[0]);
        assert!(!spelled.iter().any(|token| token == "[UNK]" || token == "<unk>"), "{spelled:?}");
    }
}
