#pragma once
// Tester: what a case works with: connections to the meter, a record of all that is said, and the
// deadline. Every case has one of its own, so that what a case leaves behind ends with it.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "conformance/apdus.hpp"
#include "conformance/declaration.hpp"
#include "conformance/frames.hpp"
#include "conformance/record.hpp"
#include "conformance/verdict.hpp"
#include "conformance/wire.hpp"

namespace dlms::conformance {

[[noreturn]] void fail(std::string reason);
[[noreturn]] void inconclusive(std::string reason);
[[noreturn]] void inapplicable(std::string reason);
/// Ends the case as failed unless it holds.
void expect(bool holds, const std::string& otherwise);
/// Ends the case as failed, with what came, unless it is what was expected.
void expect_octets(const Hex& came, const Hex& expected, const std::string& what);

using Milliseconds = std::chrono::milliseconds;

class Tester;

/// One connection of a case.
class Connection {
public:
    Connection(Tester& tester, std::unique_ptr<Wire> wire, unsigned number);

    /// Sends octets as they are.
    void send(const Hex& octets);
    /// The next whole frame or WPDU; nothing when none came in time, or the line is over.
    std::optional<ReceivedFrame> next_frame(Milliseconds patience);
    std::optional<ReceivedWpdu> next_wpdu(Milliseconds patience);
    /// Whether the meter closes the connection in time, without a word before.
    bool is_closed_within(Milliseconds patience);
    bool is_closed() const { return wire_->is_closed(); }
    /// All frames, or WPDUs, that answer what was sent; see DeclaredTiming.
    std::vector<ReceivedFrame> frames_until_quiet();
    std::vector<ReceivedWpdu> wpdus_until_quiet(std::uint16_t server_sap);

private:
    template <class Piece>
    std::optional<Piece> next(Milliseconds patience,
                              std::optional<Piece> (*take)(ByteBuffer& stream));
    void note(Entry::Kind kind, const Hex& octets);

    Tester& tester_;
    std::unique_ptr<Wire> wire_;
    ByteBuffer stream_;
    unsigned number_;
};

class Tester {
public:
    Tester(const Declaration& declaration, Place place, std::uint32_t& next_counter);

    const Declaration& declared() const { return declaration_; }
    const Place& place() const { return place_; }

    /// Says what comes, for the report.
    void step(std::string text);

    /// The case's connection; made when it is first asked for. Ends the case as inconclusive when
    /// none comes about.
    Connection& line();
    /// Closes the case's connection: the next call of line() makes another.
    void hang_up();
    /// A further one.
    std::unique_ptr<Connection> another_line();

    /// Time that is left for waiting, at most `wanted`. Ends the case as inconclusive when there is
    /// none.
    Milliseconds patience(Milliseconds wanted) const;
    /// Lets time pass, for cases of time-outs.
    void wait(Milliseconds time) const;

    /// The next invocation counter of our own; never the same twice for one meter.
    std::uint32_t take_counter() { return next_counter_++; }
    void skip_counters(std::uint32_t count) { next_counter_ += count; }

    Record& record() { return record_; }
    std::chrono::microseconds elapsed() const;

private:
    std::unique_ptr<Connection> connect();

    const Declaration& declaration_;
    Place place_;
    std::uint32_t& next_counter_;
    std::chrono::steady_clock::time_point begin_;
    Record record_;
    std::unique_ptr<Connection> line_;
    unsigned connections_ = 0;
};

/// Ends the case as failed when the decoder does not take an APDU of the meter.
void check_decodes(const Hex& apdu);

}  // namespace dlms::conformance
