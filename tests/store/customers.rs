//! One customer goes by several names, and never two customers by one.

use std::collections::BTreeMap;

use lotse::store::{CustomerNames, CustomerUpdate, Store};
use proptest::prelude::*;

use crate::support::{home, second};

fn names(id: Option<&str>, email: Option<&str>, phone: Option<&str>) -> CustomerNames {
    let [id, email, phone] = [id, email, phone].map(|name| name.map(str::to_owned));
    CustomerNames { id, email, phone }
}

fn update(names: CustomerNames) -> CustomerUpdate {
    CustomerUpdate { names, ..CustomerUpdate::default() }
}

#[tokio::test]
async fn a_mail_and_a_call_become_one_customer_when_the_company_says_so() {
    let home = home().await;
    let know = async |names| {
        home.store.know_customer(&update(names), None, second(1)).await.unwrap().unwrap()
    };
    let mail = know(names(None, Some("jana@example.org"), None)).await;
    let call = know(names(None, None, Some("+49431123456"))).await;
    assert_ne!(mail.number, call.number);
    let both = know(names(Some("K-1"), Some("jana@example.org"), Some("+49431123456"))).await;
    assert_eq!(
        (both.ids, both.emails, both.phones),
        (
            vec!["K-1".to_owned()],
            vec!["jana@example.org".to_owned()],
            vec!["+49431123456".to_owned()],
        )
    );
    for name in [
        names(Some("K-1"), None, None),
        names(None, Some("jana@example.org"), None),
        names(None, None, Some("+49431123456")),
    ] {
        let found = home.store.customer(&name).await.unwrap().unwrap();
        assert_eq!(found.number, both.number, "{name:?}");
    }
    assert_eq!(
        home.store.know_customer(&update(names(None, None, None)), None, second(1)).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn a_telephone_shared_within_a_family_joins_nobody() {
    let home = home().await;
    let know = async |names| {
        home.store.know_customer(&update(names), None, second(1)).await.unwrap().unwrap()
    };
    let jana = know(names(Some("K-1"), None, Some("+49431123456"))).await;
    let ole = know(names(Some("K-2"), Some("ole@example.org"), Some("+49431123456"))).await;
    assert_ne!(jana.number, ole.number);
    assert_eq!(ole.phones, Vec::<String>::new(), "the number stays with whom it was known for");
    let found = home.store.customer(&names(Some("K-3"), None, Some("+49431123456"))).await.unwrap();
    assert_eq!(found, None, "another identifier of the company's is another customer");
}

#[tokio::test]
async fn who_answers_in_copy_takes_no_conversation_over() {
    let home = home().await;
    let know = async |names, current| {
        home.store.know_customer(&update(names), current, second(1)).await.unwrap().unwrap()
    };
    let jana = know(names(Some("K-1"), Some("jana@example.org"), None), None).await;
    let ole = know(names(None, Some("ole@example.org"), None), None).await;
    for copy in ["ole@example.org", "stranger@example.org"] {
        let known = know(names(None, Some(copy), None), Some(jana.number)).await;
        assert_eq!(known, jana, "{copy}");
    }
    let found = home.store.customer(&names(None, Some("ole@example.org"), None)).await.unwrap();
    assert_eq!(found.unwrap().number, ole.number);
    // With a name of hers, what is new is hers; the company says who an unknown caller is.
    let told = names(None, Some("jana@example.org"), Some("+49431123456"));
    assert_eq!(know(told, Some(jana.number)).await.phones, ["+49431123456"]);
    let named = know(names(Some("K-2"), None, None), Some(ole.number)).await;
    assert_eq!((named.number, named.ids.as_slice()), (ole.number, &["K-2".to_owned()][..]));
}

#[tokio::test]
async fn attributes_stay_until_they_are_taken_away() {
    let home = home().await;
    let know = async |attributes: &[(&str, &str)], name: Option<&str>| {
        let update = CustomerUpdate {
            names: names(Some("K-1"), None, None),
            name: name.map(str::to_owned),
            attributes: attributes
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
        };
        home.store.know_customer(&update, None, second(1)).await.unwrap().unwrap()
    };
    know(&[("vip", "true"), ("tariff", "L")], Some("Jana Petersen")).await;
    let known = know(&[("tariff", "")], None).await;
    assert_eq!(known.attributes, BTreeMap::from([("vip".to_owned(), "true".to_owned())]));
    assert_eq!(known.name.as_deref(), Some("Jana Petersen"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever is learned in whatever order: each name leads to one customer, who has it, and no
    /// customer has two identifiers of the company's.
    #[test]
    fn names_never_lead_to_two_customers(
        learned in prop::collection::vec(
            (prop::option::of(0_u8..3), prop::option::of(0_u8..4), prop::option::of(0_u8..4)),
            1..25,
        )
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let home = home().await;
            for (id, email, phone) in learned {
                let told = CustomerNames {
                    id: id.map(|id| format!("K-{id}")),
                    email: email.map(|number| format!("{number}@example.org")),
                    phone: phone.map(|number| format!("+49431{number}")),
                };
                let known = home.store.know_customer(&update(told.clone()), None, second(1)).await.unwrap();
                let Some(known) = known else { continue };
                assert!(known.ids.len() <= 1, "{known:?}");
                if let Some(id) = &told.id {
                    assert_eq!(known.ids.as_slice(), std::slice::from_ref(id));
                }
                for email in &known.emails {
                    let alone = names(None, Some(email), None);
                    let found = home.store.customer(&alone).await.unwrap().unwrap();
                    assert_eq!(found.number, known.number);
                }
                for phone in &known.phones {
                    let alone = names(None, None, Some(phone));
                    let found = home.store.customer(&alone).await.unwrap().unwrap();
                    assert_eq!(found.number, known.number);
                }
            }
        });
    }
}
