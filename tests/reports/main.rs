//! Reports as those see them who read them: what the store gives, each figure beside a slow and
//! obvious second computation, and the page, tables and JSON over HTTP.

mod clusters;
mod drafts;
mod facts;
mod figures;
mod http;
mod naive;
mod pages;
mod periods;
mod rising;
mod support;
