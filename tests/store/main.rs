//! The store, on real files.

mod crash;
mod customers;
mod deliveries;
mod faults;
mod records;
mod rest;
mod schema;
mod skills;
mod support;
mod tickets;
