//! Users, who is signed in, and who is there.

use jiff::Timestamp;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Row, Sqlite, SqlitePool};

use super::errors::is_duplicate;
use super::rows::{from_json, json, named, time};
use crate::domain::Role;
use crate::store::{Conflict, Presence, Session, StoreError, User};

pub(super) async fn user(pool: &SqlitePool, name: &str) -> Result<Option<User>, StoreError> {
    let row = sqlx::query(
        "SELECT name, role, password_hash, skills, created_at FROM users WHERE name = ?",
    )
    .bind(name)
    .fetch_optional(pool)
    .await?;
    row.as_ref().map(read_user).transpose()
}

pub(super) async fn users(pool: &SqlitePool) -> Result<Vec<User>, StoreError> {
    let rows = sqlx::query(
        "SELECT name, role, password_hash, skills, created_at FROM users ORDER BY name",
    )
    .fetch_all(pool)
    .await?;
    rows.iter().map(read_user).collect()
}

pub(super) async fn add_user(pool: &SqlitePool, user: &User) -> Result<(), StoreError> {
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    // Somebody of this name may have come in while there was no such user: in an open demo.
    sqlx::query("DELETE FROM sessions WHERE name = ?")
        .bind(&user.name)
        .execute(&mut *transaction)
        .await?;
    sqlx::query(
        "INSERT INTO users (name, role, password_hash, skills, created_at) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(&user.name)
    .bind(user.role.name())
    .bind(&user.password_hash)
    .bind(json(&user.skills)?)
    .bind(user.created_at.as_millisecond())
    .execute(&mut *transaction)
    .await
    .map_err(|error| {
        if is_duplicate(&error) {
            StoreError::from(Conflict::UserName(user.name.clone()))
        } else {
            error.into()
        }
    })?;
    Ok(transaction.commit().await?)
}

/// Sets a new password and ends the person's sessions.
pub(super) async fn set_password(
    pool: &SqlitePool,
    name: &str,
    password_hash: &str,
) -> Result<(), StoreError> {
    let change = sqlx::query("UPDATE users SET password_hash = ? WHERE name = ?");
    and_end_sessions(pool, name, change.bind(password_hash).bind(name)).await
}

/// Says what the person can do.
pub(super) async fn set_skills(
    pool: &SqlitePool,
    name: &str,
    skills: &[String],
) -> Result<(), StoreError> {
    let result = sqlx::query("UPDATE users SET skills = ? WHERE name = ?")
        .bind(json(skills)?)
        .bind(name)
        .execute(pool)
        .await?;
    if result.rows_affected() == 0 {
        return Err(StoreError::not_found("user", name));
    }
    Ok(())
}

/// Removes the person and ends the sessions.
pub(super) async fn remove_user(pool: &SqlitePool, name: &str) -> Result<(), StoreError> {
    let change = sqlx::query("DELETE FROM users WHERE name = ?");
    and_end_sessions(pool, name, change.bind(name)).await
}

/// Changes the person's row and ends the person's sessions: both or neither.
async fn and_end_sessions(
    pool: &SqlitePool,
    name: &str,
    change: Query<'_, Sqlite, SqliteArguments>,
) -> Result<(), StoreError> {
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    let result = change.execute(&mut *transaction).await?;
    if result.rows_affected() == 0 {
        return Err(StoreError::not_found("user", name));
    }
    sqlx::query("DELETE FROM sessions WHERE name = ?")
        .bind(name)
        .execute(&mut *transaction)
        .await?;
    Ok(transaction.commit().await?)
}

pub(super) async fn add_session(pool: &SqlitePool, session: &Session) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO sessions (hash, name, expires_at) VALUES (?, ?, ?)")
        .bind(&session.hash)
        .bind(&session.name)
        .bind(session.expires_at.as_millisecond())
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn session(
    pool: &SqlitePool,
    hash: &str,
    at: Timestamp,
) -> Result<Option<Session>, StoreError> {
    let row = sqlx::query(
        "SELECT hash, coalesce(users.name, sessions.name) AS name, role, expires_at \
         FROM sessions LEFT JOIN users ON users.name = sessions.name \
         WHERE hash = ? AND expires_at > ?",
    )
    .bind(hash)
    .bind(at.as_millisecond())
    .fetch_optional(pool)
    .await?;
    row.map(|row| {
        let role: Option<String> = row.try_get("role")?;
        Ok(Session {
            hash: row.try_get("hash")?,
            name: row.try_get("name")?,
            role: role.as_deref().and_then(Role::from_name),
            expires_at: time(&row, "expires_at")?,
        })
    })
    .transpose()
}

pub(super) async fn end_session(pool: &SqlitePool, hash: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sessions WHERE hash = ?").bind(hash).execute(pool).await?;
    Ok(())
}

pub(super) async fn saw(pool: &SqlitePool, agent: &str, at: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO presence (agent, seen_at) VALUES (?, ?) \
         ON CONFLICT (agent) DO UPDATE SET seen_at = max(seen_at, excluded.seen_at)",
    )
    .bind(agent)
    .bind(at.as_millisecond())
    .execute(pool)
    .await?;
    Ok(())
}

pub(super) async fn presence(
    pool: &SqlitePool,
    since: Timestamp,
) -> Result<Vec<Presence>, StoreError> {
    let rows = sqlx::query("SELECT agent, seen_at FROM presence WHERE seen_at >= ? ORDER BY agent")
        .bind(since.as_millisecond())
        .fetch_all(pool)
        .await?;
    rows.iter()
        .map(|row| Ok(Presence { agent: row.try_get("agent")?, seen_at: time(row, "seen_at")? }))
        .collect()
}

pub(super) async fn claims(pool: &SqlitePool) -> Result<Vec<(String, u32)>, StoreError> {
    let query = sqlx::query_as(
        "SELECT agent, count(*) FROM tickets WHERE state = 'claimed' GROUP BY agent ORDER BY agent",
    );
    Ok(query.fetch_all(pool).await?)
}

/// Tickets whose holder was last there before then, and who holds them.
pub(super) async fn abandoned(
    pool: &SqlitePool,
    before: Timestamp,
) -> Result<Vec<(String, String)>, StoreError> {
    // A ticket that was just handed to somebody waits for them as long as for somebody just gone.
    Ok(sqlx::query_as(
        "SELECT id, tickets.agent FROM tickets LEFT JOIN presence ON presence.agent = tickets.agent \
         WHERE state = 'claimed' AND max(coalesce(seen_at, 0), updated_at) < ? ORDER BY id",
    )
    .bind(before.as_millisecond())
    .fetch_all(pool)
    .await?)
}

fn read_user(row: &SqliteRow) -> Result<User, StoreError> {
    Ok(User {
        name: row.try_get("name")?,
        role: named(row, "role", Role::from_name)?,
        password_hash: row.try_get("password_hash")?,
        skills: from_json(row, "skills")?,
        created_at: time(row, "created_at")?,
    })
}
