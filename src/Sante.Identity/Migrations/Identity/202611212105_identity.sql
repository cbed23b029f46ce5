-- The authorization server's own database. No trait of a person is stored in clear: "sealed" is encrypted by the key file,
-- "…_hash" is SHA-256 of a random value or the keyed hash of a provider's sub.

CREATE TABLE signing_keys (
    key_id      text PRIMARY KEY,
    state       text NOT NULL CHECK (state IN ('next', 'active', 'retiring')),
    sealed      bytea NOT NULL,
    created_at  timestamptz NOT NULL,
    retires_at  timestamptz,
    CHECK ((state = 'retiring') = (retires_at IS NOT NULL))
);
CREATE UNIQUE INDEX signing_keys_state ON signing_keys (state) WHERE state <> 'retiring';

CREATE TABLE clients (
    client_id     text PRIMARY KEY,
    name          text NOT NULL,
    kind          text NOT NULL,
    scopes        text NOT NULL,
    public_keys   text NOT NULL,
    redirect_uris text[] NOT NULL,
    actor         text,
    origin        text NOT NULL CHECK (origin IN ('registered', 'sandbox', 'built-in'))
);

CREATE TABLE sign_ins (
    handle_hash  bytea PRIMARY KEY,
    browser_hash bytea NOT NULL,
    state_hash   bytea UNIQUE,
    sealed       bytea NOT NULL,
    expires_at   timestamptz NOT NULL
);
CREATE INDEX sign_ins_expires_at ON sign_ins (expires_at);

CREATE TABLE accounts (
    provider     text NOT NULL,
    subject_hash bytea NOT NULL,
    account_id   uuid NOT NULL UNIQUE,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (provider, subject_hash)
);

CREATE TABLE sessions (
    session_id       uuid PRIMARY KEY,
    cookie_hash      bytea NOT NULL UNIQUE,
    account_id       uuid NOT NULL,
    provider         text NOT NULL,
    acr              text NOT NULL,
    sealed           bytea NOT NULL,
    authenticated_at timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    ended_at         timestamptz
);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

CREATE TABLE authorization_codes (
    code_hash      bytea PRIMARY KEY,
    client_id      text NOT NULL,
    redirect_uri   text NOT NULL,
    session_id     uuid NOT NULL,
    scope          text NOT NULL,
    nonce          text,
    code_challenge text NOT NULL,
    expires_at     timestamptz NOT NULL,
    redeemed_at    timestamptz
);
CREATE INDEX authorization_codes_expires_at ON authorization_codes (expires_at);

CREATE TABLE issued_tokens (
    token_hash bytea PRIMARY KEY,
    session_id uuid NOT NULL,
    code_hash  bytea,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX issued_tokens_expires_at ON issued_tokens (expires_at);
CREATE INDEX issued_tokens_code ON issued_tokens (code_hash);

CREATE TABLE used_assertions (
    client_id  text NOT NULL,
    token_hash bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (client_id, token_hash)
);
CREATE INDEX used_assertions_expires_at ON used_assertions (expires_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON signing_keys, clients, sign_ins, accounts, sessions, authorization_codes, issued_tokens, used_assertions TO ${identity};
