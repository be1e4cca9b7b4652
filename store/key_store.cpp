#include "store/key_store.hpp"

namespace dlms::store {
namespace {

using client::MeterSecrets;
using client::SecretKind;
using client::SecretRecord;
using client::SecretState;
using Step = Statement::Step;

constexpr int schema_version = 1;
constexpr std::string_view schema = R"(
CREATE TABLE IF NOT EXISTS secrets (
    meter TEXT NOT NULL,
    kind INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    state INTEGER NOT NULL,
    since INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (meter, kind, generation)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS proof (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    sealed BLOB NOT NULL
);
)";
constexpr std::string_view proof_text = "dlms secrets";

std::unexpected<Error> store_failed() {
    return std::unexpected(Error{ErrorCode::store_failed, Layer::store, 0});
}

std::int64_t number_of(SecretKind kind) {
    return static_cast<std::int64_t>(kind);
}

std::int64_t number_of(SecretState state) {
    return static_cast<std::int64_t>(state);
}

std::int64_t present_seconds() {
    using namespace std::chrono;
    return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

bool is_kind(std::int64_t kind) {
    return kind >= 0 && kind < std::ssize(client::all_secret_kinds);
}

bool is_state(std::int64_t state) {
    return state >= 0 && state <= number_of(SecretState::discarded);
}

/// What a sealed secret is bound to: its row.
ByteBuffer place_of(const std::string& meter, std::int64_t kind, std::int64_t generation) {
    const std::string text = std::to_string(kind) + " " + std::to_string(generation) + " " + meter;
    return to_buffer(as_bytes(text));
}

}  // namespace

std::expected<std::unique_ptr<KeyStore>, std::string> KeyStore::open(
    const std::string& file, SealingKey key, std::optional<SealingKey> former) {
    auto database = Database::open(file, schema, schema_version);
    if (!database) {
        return std::unexpected(std::move(database.error()));
    }
    auto store =
        std::unique_ptr<KeyStore>(new KeyStore(std::move(*database), std::move(key), true));
    if (auto proven = store->prove_key(former); !proven) {
        return std::unexpected(file + ": " + proven.error());
    }
    return store;
}

std::expected<std::unique_ptr<KeyStore>, std::string> KeyStore::in_memory() {
    SystemRandom random;
    auto key = SealingKey::draw(random);
    auto database = Database::in_memory(schema);
    if (!key || !database) {
        return std::unexpected(key ? database.error() : std::string("no randomness"));
    }
    return std::unique_ptr<KeyStore>(new KeyStore(std::move(*database), std::move(*key), false));
}

// A wrong key is found at the start, and not with the first meter that cannot be reached.
std::expected<void, std::string> KeyStore::prove_key(const std::optional<SealingKey>& former) {
    ByteBuffer sealed;
    {
        Statement statement = database_.prepare("SELECT sealed FROM proof");
        switch (statement.step()) {
            case Step::row: sealed = to_buffer(statement.octets(0)); break;
            case Step::failed: return std::unexpected(database_.error());
            case Step::done: break;
        }
    }
    const ByteView place = as_bytes(proof_text);
    if (sealed.empty()) {
        const auto proof = key_.seal(place, place, random_);
        Statement statement = database_.prepare("INSERT INTO proof VALUES (1, ?)");
        statement.bind(1, proof ? ByteView(*proof) : ByteView());
        if (!proof || statement.step() != Step::done) {
            return std::unexpected("the key could not be proven: " + database_.error());
        }
        return {};
    }
    if (key_.open(place, sealed)) {
        return {};
    }
    if (former && former->open(place, sealed)) {
        return seal_anew(*former);
    }
    return std::unexpected(std::string("its secrets are sealed under another key-encryption key") +
                           (former ? ", and not under the former one either" : ""));
}

std::expected<void, std::string> KeyStore::seal_anew(const SealingKey& former) {
    Transaction transaction(database_);
    struct Row {
        std::string meter;
        std::int64_t kind;
        std::int64_t generation;
        ByteBuffer sealed;
    };
    std::vector<Row> rows;
    {
        Statement all = database_.prepare("SELECT meter, kind, generation, sealed FROM secrets");
        Step step = all.step();
        for (; step == Step::row; step = all.step()) {
            rows.push_back({all.text(0), all.integer(1), all.integer(2), to_buffer(all.octets(3))});
        }
        if (step == Step::failed) {
            return std::unexpected(database_.error());
        }
    }
    for (const Row& row : rows) {
        const ByteBuffer place = place_of(row.meter, row.kind, row.generation);
        const auto secret = former.open(place, row.sealed);
        const auto sealed = secret ? key_.seal(place, secret->reveal(), random_)
                                   : Result<ByteBuffer>(store_failed());
        Statement statement = database_.prepare(
            "UPDATE secrets SET sealed = ?4 WHERE meter = ?1 AND kind = ?2 AND generation = ?3");
        statement.bind(1, std::string_view(row.meter));
        statement.bind(2, row.kind);
        statement.bind(3, row.generation);
        statement.bind(4, sealed ? ByteView(*sealed) : ByteView());
        if (!sealed || statement.step() != Step::done) {
            return std::unexpected("a secret of meter " + row.meter +
                                   " could not be sealed anew; nothing was changed");
        }
    }
    const ByteView place = as_bytes(proof_text);
    const auto proof = key_.seal(place, place, random_);
    Statement statement = database_.prepare("UPDATE proof SET sealed = ?");
    statement.bind(1, proof ? ByteView(*proof) : ByteView());
    if (!proof || statement.step() != Step::done || !transaction.commit()) {
        return std::unexpected("the secrets could not be sealed anew: " + database_.error());
    }
    // What the former key opens is to be found in no free page and in no log.
    database_.run("VACUUM");
    database_.run("PRAGMA wal_checkpoint(TRUNCATE)");
    return {};
}

Result<MeterSecrets> KeyStore::secrets(const std::string& meter, SecretState state) {
    Statement statement = database_.prepare(
        "SELECT kind, generation, sealed FROM secrets WHERE meter = ? AND state = ?");
    statement.bind(1, std::string_view(meter));
    statement.bind(2, number_of(state));
    MeterSecrets found;
    Step step = statement.step();
    for (; step == Step::row; step = statement.step()) {
        const std::int64_t kind = statement.integer(0);
        const auto secret =
            key_.open(place_of(meter, kind, statement.integer(1)), statement.octets(2));
        if (!secret || !is_kind(kind)) {
            return damage(meter);
        }
        found.set(static_cast<SecretKind>(kind), secret->reveal());
    }
    if (step == Step::failed) {
        return store_failed();
    }
    return found;
}

std::unexpected<Error> KeyStore::damage(const std::string& meter) const {
    if (damaged_) {
        damaged_(meter);
    }
    return fail(ErrorCode::tag_mismatch, Layer::store);
}

Result<MeterSecrets> KeyStore::current(const std::string& meter) {
    const std::lock_guard lock(mutex_);
    return secrets(meter, SecretState::current);
}

Result<MeterSecrets> KeyStore::staged(const std::string& meter) {
    const std::lock_guard lock(mutex_);
    return secrets(meter, SecretState::staged);
}

Result<bool> KeyStore::was_replaced(const std::string& meter, SecretKind kind, ByteView octets) {
    const std::lock_guard lock(mutex_);
    Statement statement = database_.prepare(
        "SELECT generation, state, sealed FROM secrets WHERE meter = ? AND kind = ?");
    statement.bind(1, std::string_view(meter));
    statement.bind(2, number_of(kind));
    bool replaced = false;
    bool in_force = false;
    Step step = statement.step();
    for (; step == Step::row; step = statement.step()) {
        const auto secret =
            key_.open(place_of(meter, number_of(kind), statement.integer(0)), statement.octets(2));
        if (!secret) {
            return damage(meter);
        }
        const bool same = secret->matches(octets);
        in_force |= same && statement.integer(1) == number_of(SecretState::current);
        replaced |= same && statement.integer(1) == number_of(SecretState::replaced);
    }
    if (step == Step::failed) {
        return store_failed();
    }
    return replaced && !in_force;
}

Status KeyStore::move(const std::string& meter, SecretKind kind, SecretState from, SecretState to) {
    Statement statement = database_.prepare(
        "UPDATE secrets SET state = ?4, since = ?5 WHERE meter = ?1 AND kind = ?2 AND state = ?3");
    statement.bind(1, std::string_view(meter));
    statement.bind(2, number_of(kind));
    statement.bind(3, number_of(from));
    statement.bind(4, number_of(to));
    statement.bind(5, present_seconds());
    if (statement.step() != Step::done) {
        return store_failed();
    }
    return {};
}

Status KeyStore::add(const std::string& meter, SecretKind kind, SecretState state,
                     ByteView octets) {
    std::int64_t generation = 1;
    {
        Statement last = database_.prepare(
            "SELECT COALESCE(MAX(generation), 0) FROM secrets WHERE meter = ? AND kind = ?");
        last.bind(1, std::string_view(meter));
        last.bind(2, number_of(kind));
        if (last.step() != Step::row) {
            return store_failed();
        }
        generation += last.integer(0);
    }
    const auto sealed = key_.seal(place_of(meter, number_of(kind), generation), octets, random_);
    if (!sealed) {
        return std::unexpected(sealed.error());
    }
    Statement insert = database_.prepare("INSERT INTO secrets VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    insert.bind(1, std::string_view(meter));
    insert.bind(2, number_of(kind));
    insert.bind(3, generation);
    insert.bind(4, number_of(state));
    insert.bind(5, present_seconds());
    insert.bind(6, ByteView(*sealed));
    if (insert.step() != Step::done) {
        return store_failed();
    }
    Statement forget = database_.prepare(
        "DELETE FROM secrets WHERE meter = ?1 AND kind = ?2 AND generation <= ?3 AND state IN (?4, "
        "?5)");
    forget.bind(1, std::string_view(meter));
    forget.bind(2, number_of(kind));
    forget.bind(3, generation - std::int64_t{most_generations});
    forget.bind(4, number_of(SecretState::replaced));
    forget.bind(5, number_of(SecretState::discarded));
    if (forget.step() != Step::done) {
        return store_failed();
    }
    return {};
}

Status KeyStore::keep_one(const std::string& meter, SecretKind kind, ByteView octets) {
    const auto present = secrets(meter, SecretState::current);
    if (!present) {
        return std::unexpected(present.error());
    }
    const SecretBytes* before = present->find(kind);
    if (before && before->matches(octets)) {
        return {};
    }
    if (const Status moved = move(meter, kind, SecretState::current, SecretState::replaced);
        !moved) {
        return moved;
    }
    return add(meter, kind, SecretState::current, octets);
}

Status KeyStore::keep(const std::string& meter, const MeterSecrets& fresh) {
    const std::lock_guard lock(mutex_);
    Transaction transaction(database_);
    for (const SecretKind kind : client::all_secret_kinds) {
        const SecretBytes* secret = fresh.find(kind);
        if (!secret) {
            continue;
        }
        if (const Status kept = keep_one(meter, kind, secret->reveal()); !kept) {
            return kept;
        }
        if (!move(meter, kind, SecretState::staged, SecretState::discarded)) {
            return store_failed();
        }
    }
    if (!transaction.commit()) {
        return store_failed();
    }
    return {};
}

Status KeyStore::stage(const std::string& meter, const MeterSecrets& in_force,
                       const MeterSecrets& fresh) {
    const std::lock_guard lock(mutex_);
    Transaction transaction(database_);
    const auto waiting = secrets(meter, SecretState::staged);
    if (!waiting) {
        return std::unexpected(waiting.error());
    }
    if (!waiting->empty()) {
        return fail(ErrorCode::wrong_state, Layer::store);
    }
    for (const SecretKind kind : client::all_secret_kinds) {
        const SecretBytes* before = in_force.find(kind);
        const SecretBytes* after = fresh.find(kind);
        if ((before && !keep_one(meter, kind, before->reveal())) ||
            (after && !add(meter, kind, SecretState::staged, after->reveal()))) {
            return store_failed();
        }
    }
    if (!transaction.commit()) {
        return store_failed();
    }
    return {};
}

Status KeyStore::commit(const std::string& meter, const MeterSecrets& former) {
    const std::lock_guard lock(mutex_);
    Transaction transaction(database_);
    const auto waiting = secrets(meter, SecretState::staged);
    if (!waiting) {
        return std::unexpected(waiting.error());
    }
    for (const SecretKind kind : client::all_secret_kinds) {
        if (!waiting->find(kind)) {
            continue;
        }
        const SecretBytes* before = former.find(kind);
        if ((before && !keep_one(meter, kind, before->reveal())) ||
            !move(meter, kind, SecretState::current, SecretState::replaced) ||
            !move(meter, kind, SecretState::staged, SecretState::current)) {
            return store_failed();
        }
    }
    if (!transaction.commit()) {
        return store_failed();
    }
    return {};
}

Status KeyStore::discard(const std::string& meter) {
    const std::lock_guard lock(mutex_);
    Statement statement = database_.prepare(
        "UPDATE secrets SET state = ?3, since = ?4 WHERE meter = ?1 AND state = ?2");
    statement.bind(1, std::string_view(meter));
    statement.bind(2, number_of(SecretState::staged));
    statement.bind(3, number_of(SecretState::discarded));
    statement.bind(4, present_seconds());
    if (statement.step() != Step::done) {
        return store_failed();
    }
    return {};
}

Result<std::vector<SecretRecord>> KeyStore::history(const std::string& meter) {
    const std::lock_guard lock(mutex_);
    Statement statement = database_.prepare(
        "SELECT kind, generation, state, since FROM secrets WHERE meter = ? ORDER BY kind, "
        "generation");
    statement.bind(1, std::string_view(meter));
    std::vector<SecretRecord> records;
    Step step = statement.step();
    for (; step == Step::row; step = statement.step()) {
        if (!is_kind(statement.integer(0)) || !is_state(statement.integer(2))) {
            return damage(meter);
        }
        records.push_back(
            {static_cast<SecretKind>(statement.integer(0)),
             static_cast<std::uint32_t>(statement.integer(1)),
             static_cast<SecretState>(statement.integer(2)),
             std::chrono::system_clock::time_point(std::chrono::seconds(statement.integer(3)))});
    }
    if (step == Step::failed) {
        return store_failed();
    }
    return records;
}

}  // namespace dlms::store
