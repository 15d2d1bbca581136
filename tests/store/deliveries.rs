//! What outside systems have to be told waits until it is done.

use lotse::store::{NewDelivery, Store, StoreError};
use serde_json::json;

use crate::support::{home, second};

fn delivery(group: Option<&str>, number: u32) -> NewDelivery {
    NewDelivery { group: group.map(str::to_owned), payload: json!({ "number": number }) }
}

#[tokio::test]
async fn each_event_is_planned_for_once() {
    let home = home().await;
    let store = &home.store;
    assert_eq!(store.cursor("crm").await.unwrap(), None);
    let plan = [delivery(None, 1)];
    assert!(store.plan_deliveries("crm", None, 5, &plan, second(1)).await.unwrap());
    // Another worker read the same events at the same time.
    assert!(!store.plan_deliveries("crm", None, 5, &plan, second(1)).await.unwrap());
    assert!(!store.plan_deliveries("crm", Some(3), 6, &plan, second(1)).await.unwrap());
    assert!(store.plan_deliveries("crm", Some(5), 6, &[], second(1)).await.unwrap());
    assert_eq!(store.cursor("crm").await.unwrap(), Some(6));
    assert_eq!(store.cursor("mail").await.unwrap(), None);
    assert_eq!(store.due_deliveries("crm", second(1), 9).await.unwrap().len(), 1);
    assert_eq!(store.due_deliveries("mail", second(1), 9).await.unwrap(), vec![]);
}

#[tokio::test]
async fn of_a_group_only_the_oldest_is_due() {
    let home = home().await;
    let store = &home.store;
    let plan = [
        delivery(Some("c1"), 1),
        delivery(Some("c1"), 2),
        delivery(Some("c2"), 3),
        delivery(None, 4),
        delivery(None, 5),
    ];
    assert!(store.plan_deliveries("crm", None, 1, &plan, second(1)).await.unwrap());
    let due = async |at| {
        let due = store.due_deliveries("crm", second(at), 9).await.unwrap();
        due.into_iter().map(|one| (one.payload["number"].as_u64().unwrap(), one.id)).collect()
    };
    let first: Vec<(u64, String)> = due(1).await;
    assert_eq!(first.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 3, 4, 5]);
    // The first of the group has to wait, and the second waits behind it.
    store.postpone_delivery(&first[0].1, second(9), "503").await.unwrap();
    let rest: Vec<(u64, String)> = due(1).await;
    assert_eq!(rest.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [3, 4, 5]);
    let later = store.due_deliveries("crm", second(9), 1).await.unwrap().remove(0);
    assert_eq!((later.attempts, later.last_error.as_deref()), (1, Some("503")));
    assert_eq!(later.id, first[0].1, "every attempt goes by the same name");
    store.finish_delivery(&later.id, second(9)).await.unwrap();
    let rest: Vec<(u64, String)> = due(9).await;
    assert_eq!(rest.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [2, 3, 4, 5]);
}

#[tokio::test]
async fn what_is_given_up_is_kept_and_can_be_tried_again() {
    let home = home().await;
    let store = &home.store;
    let plan = [delivery(Some("c1"), 1), delivery(Some("c1"), 2)];
    assert!(store.plan_deliveries("crm", None, 1, &plan, second(1)).await.unwrap());
    let first = store.due_deliveries("crm", second(1), 9).await.unwrap().remove(0);
    store.abandon_delivery(&first.id, second(2), "404: no such thing").await.unwrap();
    let second_one = store.due_deliveries("crm", second(2), 9).await.unwrap().remove(0);
    assert_eq!(second_one.payload["number"], 2, "its group goes on");
    let counts = store.delivery_counts().await.unwrap();
    assert_eq!((counts[0].waiting, counts[0].abandoned), (1, 1));
    assert_eq!(counts[0].oldest_waiting, Some(second(1)));

    store.finish_delivery(&second_one.id, second(3)).await.unwrap();
    assert_eq!(store.prune(second(9)).await.unwrap(), 1, "the finished one alone");
    let given_up = store.abandoned_deliveries(9).await.unwrap();
    assert_eq!(given_up[0].last_error.as_deref(), Some("404: no such thing"));
    store.retry_delivery(&first.id, second(4)).await.unwrap();
    let again = store.due_deliveries("crm", second(4), 9).await.unwrap().remove(0);
    assert_eq!((&again.id, again.attempts), (&first.id, 0));

    for wrong in [
        store.finish_delivery("x", second(1)).await,
        store.postpone_delivery("x", second(1), "").await,
        store.abandon_delivery(&second_one.id, second(1), "").await,
        store.retry_delivery(&again.id, second(1)).await,
    ] {
        assert!(matches!(wrong, Err(StoreError::NotFound { .. })), "{wrong:?}");
    }
}
