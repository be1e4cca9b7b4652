#pragma once
// The language in which tests tell a conversation with a protocol machine:
//
//     Conversation talk([] { return std::make_unique<ClientSubject>(...); });
//     talk.command("open", [](ClientSubject& c) { c.open(); })
//         .expect_transmit("60 1D ...")
//         .deliver("61 29 ...")
//         .expect_event("associated 007E1F 1200");
//     talk.holds();
//     talk.holds_when_fed_in_chunks();
//     talk.holds_under_every_io_failure();
//
// A subject is a machine over a byte stream, with:
//     void receive(ByteView, Instant); void handle_timeout(Instant); void connection_lost();
//     ByteBuffer take_transmit();            everything that it has to send
//     std::vector<std::string> take_events() what it said upward, as text
//     std::optional<Instant> poll_timeout(); bool is_at_rest();
//     ByteBuffer frame(ByteView apdu);       an APDU from its peer as the stream carries it
//     ByteBuffer frame_own(ByteView apdu);   and one of its own

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "stack/base/hex.hpp"
#include "stack/base/time.hpp"
#include "tests/support/octets.hpp"

namespace dlms::testing {

template <class Subject>
class Conversation {
public:
    using Factory = std::function<std::unique_ptr<Subject>()>;
    using Action = std::function<void(Subject&, Instant)>;

    explicit Conversation(Factory factory) : factory_(std::move(factory)) {}

    /// Does something to the subject, with the present time.
    Conversation& command(std::string what, Action action) {
        return add(Command{std::move(what), std::move(action)});
    }
    /// The subject sends one APDU, in its frame.
    Conversation& expect_transmit(std::string_view hex) { return add(ExpectTransmit{octets(hex)}); }
    Conversation& expect_no_transmit() { return add(ExpectTransmit{}); }
    /// The peer sends one APDU, in its frame.
    Conversation& deliver(std::string_view hex) { return add(Deliver{octets(hex), true}); }
    /// The peer sends octets as they are.
    Conversation& deliver_raw(std::string_view hex) { return add(Deliver{octets(hex), false}); }
    /// The subject says exactly this next.
    Conversation& expect_event(std::string text) { return add(ExpectEvent{std::move(text)}); }
    /// Time goes on to this long after the start; time-outs on the way happen.
    Conversation& at(Duration since_start) { return add(At{since_start}); }

    /// Plays the script. At its end nothing unsaid may be left.
    void holds() const {
        Player player(*this, 0);
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            player.play(i);
        }
        player.expect_nothing_left();
    }

    /// Plays it with the peer's octets coming one by one: the same conversation.
    void holds_when_fed_in_chunks() const {
        for (const std::size_t size : {1u, 2u, 3u, 7u}) {
            Player player(*this, size);
            for (std::size_t i = 0; i < steps_.size(); ++i) {
                player.play(i);
            }
            player.expect_nothing_left();
        }
    }

    /// Plays it up to each step in turn and then breaks the line: the subject comes to rest, sends
    /// nothing more, and waits for nothing.
    void holds_under_every_io_failure() const {
        for (std::size_t stop = 0; stop <= steps_.size(); ++stop) {
            Player player(*this, 0);
            for (std::size_t i = 0; i < stop; ++i) {
                player.play(i);
            }
            player.break_line(stop);
        }
    }

private:
    struct Command {
        std::string what;
        Action action;
    };
    struct ExpectTransmit {
        ByteBuffer apdu;
    };
    struct Deliver {
        ByteBuffer bytes;
        bool framed = true;
    };
    struct ExpectEvent {
        std::string text;
    };
    struct At {
        Duration since_start;
    };
    using Step = std::variant<Command, ExpectTransmit, Deliver, ExpectEvent, At>;

    class Player {
    public:
        Player(const Conversation& script, std::size_t chunk)
            : script_(script), chunk_(chunk), subject_(script.factory_()) {}

        void play(std::size_t index) {
            BOOST_TEST_CONTEXT("step " << index + 1 << (chunk_ != 0 ? ", in chunks" : "")) {
                std::visit([this](const auto& step) { play(step); }, script_.steps_[index]);
            }
        }
        void expect_nothing_left() {
            collect();
            BOOST_TEST(to_hex(subject_->take_transmit()) == "");
            BOOST_CHECK_MESSAGE(events_.empty(), "an event that the script does not have: "
                                                     << (events_.empty() ? "" : events_.front()));
        }
        void break_line(std::size_t stop) {
            BOOST_TEST_CONTEXT("line broken before step " << stop + 1) {
                subject_->take_transmit();
                subject_->connection_lost();
                BOOST_TEST(to_hex(subject_->take_transmit()) == "");
                BOOST_TEST(subject_->is_at_rest());
                BOOST_TEST(!subject_->poll_timeout().has_value());
            }
        }

    private:
        void play(const Command& step) {
            BOOST_TEST_CONTEXT(step.what) {
                step.action(*subject_, now_);
            }
        }
        void play(const ExpectTransmit& step) {
            const ByteBuffer expected =
                step.apdu.empty() ? ByteBuffer() : subject_->frame_own(step.apdu);
            BOOST_TEST(to_hex(subject_->take_transmit()) == to_hex(expected));
        }
        void play(const Deliver& step) {
            const ByteBuffer bytes = step.framed ? subject_->frame(step.bytes) : step.bytes;
            const std::size_t size = chunk_ == 0 ? bytes.size() : chunk_;
            for (std::size_t i = 0; i < bytes.size(); i += size) {
                // An own allocation for each chunk, so that a view kept too long is seen.
                const ByteBuffer piece(
                    bytes.begin() + static_cast<std::ptrdiff_t>(i),
                    bytes.begin() + static_cast<std::ptrdiff_t>(std::min(i + size, bytes.size())));
                subject_->receive(piece, now_);
                collect();
            }
        }
        void play(const ExpectEvent& step) {
            collect();
            BOOST_REQUIRE_MESSAGE(!events_.empty(), "no event, but expected: " << step.text);
            BOOST_TEST(events_.front() == step.text);
            events_.erase(events_.begin());
        }
        void play(const At& step) {
            const Instant until = Instant{} + step.since_start;
            while (const std::optional<Instant> deadline = subject_->poll_timeout()) {
                if (*deadline > until) {
                    break;
                }
                now_ = std::max(now_, *deadline);
                subject_->handle_timeout(now_);
                collect();
            }
            now_ = until;
        }
        void collect() {
            for (std::string& event : subject_->take_events()) {
                events_.push_back(std::move(event));
            }
        }

        const Conversation& script_;
        std::size_t chunk_;
        std::unique_ptr<Subject> subject_;
        std::vector<std::string> events_;
        Instant now_{};
    };

    Conversation& add(Step step) {
        steps_.push_back(std::move(step));
        return *this;
    }

    Factory factory_;
    std::vector<Step> steps_;
};

}  // namespace dlms::testing
