#[tokio::test]
#[ignore]
async fn bench() {
    use lotse::store::*;
    let store =
        SqliteStore::open(std::path::Path::new("/tmp/reports-dev/big.sqlite")).await.unwrap();
    for days in [38_i64] {
        for _ in 0..1 {
            let now = jiff::Timestamp::now();
            let filter = FactsFilter {
                from: now - jiff::SignedDuration::from_hours(24 * days),
                to: now,
                channel: None,
                language: None,
                queue: None,
                most: 5_000_000,
            };
            let s = std::time::Instant::now();
            let facts = store.facts(&filter).await.unwrap();
            println!(
                "{days} {:?} {} {} {} {} {}",
                s.elapsed(),
                facts.conversations.len(),
                facts.messages.len(),
                facts.tickets.len(),
                facts.steps.len(),
                facts.ratings.len()
            );
        }
    }
}
