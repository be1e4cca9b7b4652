#pragma once
// Line: a physical line that several meters may share (RS-485, a TCP-to-serial converter), and the
// queue of those who want to talk on it. One talks at a time; each keeps its own link and
// association meanwhile. Single-threaded.

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>

#include "client/link_parameters.hpp"
#include "stack/base/time.hpp"
#include "transport/driver.hpp"

namespace dlms::client {

class Line final : private transport::Session {
public:
    /// The right to talk, given back by its end. Empty: somebody else had it until the deadline.
    class Turn {
    public:
        Turn() = default;
        explicit Turn(std::shared_ptr<Line> line) : line_(std::move(line)) {}
        Turn(Turn&& other) noexcept = default;
        Turn& operator=(Turn&& other) = delete;
        ~Turn();

        explicit operator bool() const { return line_ != nullptr; }

    private:
        std::shared_ptr<Line> line_;
    };

    Line() = default;
    ~Line() override;
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    /// Waits for a turn, in the order of asking, until `deadline`.
    static asio::awaitable<Turn> take_turn(std::shared_ptr<Line> line, Instant deadline);
    std::size_t waiting() const { return waiting_.size(); }

    /// The open channel, if there is one.
    std::shared_ptr<transport::Driver> driver() const;
    /// Takes an open channel in the place of the one before, and what it was opened with.
    void open(std::unique_ptr<transport::Channel> channel, const LinkParameters& parameters);
    void close();
    /// Whether a meter with these parameters can talk on the channel as it stands: mode E belongs
    /// to one meter, and a speed to all.
    bool serves(const LinkParameters& parameters) const;

    /// What comes from the line is for this session from now on, and what it has to send goes out.
    /// Counts as the session's joining when it was not there yet.
    void speak_for(transport::Session& session, const transport::TraceSink& trace);
    /// The session is heard no more; with the last one the channel is closed.
    void leave(transport::Session& session);
    /// Sessions on this line.
    std::size_t sessions() const { return sessions_.size(); }

private:
    struct Waiter;

    void pass_on();

    void receive(ByteView bytes, Instant now) override;
    void handle_timeout(Instant now) override;
    void connection_lost(const Error& error) override;
    void settle() override;
    std::optional<ByteView> poll_transmit() override;
    std::optional<LineSettings> poll_line_settings() override;
    std::optional<Instant> poll_timeout() override;
    std::optional<std::uint64_t> answers() const override;
    std::optional<Error> failure() override;

    bool is_taken_ = false;
    std::deque<Waiter*> waiting_;
    std::shared_ptr<transport::Driver> driver_;
    LinkParameters opened_with_;
    std::set<transport::Session*> sessions_;
    transport::Session* speaker_ = nullptr;  // one of them, or nobody
    transport::TraceSink trace_;
};

/// The lines that are in use, by what names them: meters that name the same share one.
class Lines {
public:
    std::shared_ptr<Line> line(const std::string& name);

private:
    std::map<std::string, std::weak_ptr<Line>> lines_;
};

}  // namespace dlms::client
