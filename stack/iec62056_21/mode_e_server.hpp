#pragma once
// ModeEServer: the meter's side of the opening of IEC 62056-21 (clause 6, annex E): listens for the
// request at the opening speed, says who it is, and goes to HDLC or sends its data block (mode C),
// as the reader wants. Sans I/O; the contract is docs/contract.md.
//
// One output more than the contract's: poll_line_settings(), as transport/session.hpp says it.

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "stack/base/result.hpp"
#include "stack/iec62056_21/message.hpp"
#include "stack/iec62056_21/message_collector.hpp"
#include "stack/iec62056_21/mode_e_line.hpp"

namespace dlms::iec62056_21 {

struct ModeEServerConfiguration {
    std::string device_address;    ///< up to 32 characters; empty: answers only to none
    std::string manufacturer{};    ///< three letters of the FLAG register; must be set
    std::string identification;    ///< up to 16 printable characters
    char baud_character = '5';     ///< '0' to '9': the highest speed; see local_baud_rate()
    bool hdlc = true;              ///< announces mode E
    std::vector<DataSet> readout;  ///< the data block of mode C
    std::uint32_t start_baud_rate = 300;
    bool software_parity = false;      ///< see ModeELine
    bool echo_acknowledgement = true;  ///< some meters do not
    /// Before each answer; a manufacturer with a small third letter takes 20 ms.
    Duration reaction_time = std::chrono::milliseconds(200);
    /// The longest time to the reader's answer, and between its characters.
    Duration reaction_timeout = std::chrono::milliseconds(1500);
};

/// The line is HDLC's from here on, until its owner calls reset().
struct HdlcOpened {
    LineSettings line;
};
/// The data block was sent, and the reader did not ask for it again.
struct ReadoutSent {};
/// The opening came to nothing, and the line is back at the opening speed. Errors: timeout when the
/// reader did not go on; unsupported_baud_rate or unsupported_mode for what it chose; invalid_text
/// and its kin when that was damaged.
struct OpeningAbandoned {
    Error error;
};

using ModeEServerEvent = std::variant<HdlcOpened, ReadoutSent, OpeningAbandoned>;

class ModeEServer {
public:
    enum class State : std::uint8_t {
        idle,         ///< listening at the opening speed
        reacting,     ///< asked for, before the identification
        identified,   ///< awaiting the reader's acknowledgement
        confirming,   ///< acknowledged, before the echo
        hdlc,         ///< the line is HDLC's
        answering,    ///< acknowledged, before the data block
        reading_out,  ///< the data block was sent; the reader may ask for it again
    };

    struct Counters {
        std::uint64_t octets_dropped = 0;       ///< outside of any message, or out of place
        std::uint64_t other_addresses = 0;      ///< requests for other meters on the line
        std::uint64_t damaged_messages = 0;     ///< that do not decode
        std::uint64_t unexpected_messages = 0;  ///< our own, back from a two-wire line, and others
        std::uint64_t openings = 0;             ///< that ended in HDLC
        std::uint64_t readouts = 0;             ///< data blocks sent
        std::uint64_t parity_errors = 0;        ///< seen by software parity
    };

    /// Errors: out_of_range for a configuration that no message can carry.
    static Result<ModeEServer> create(ModeEServerConfiguration configuration);

    // A getters
    State state() const { return state_; }
    Counters counters() const;

    // B inputs
    void receive(ByteView bytes, Instant now);
    void handle_timeout(Instant now);

    // C commands
    /// Another data block for mode C, until the next. Errors: out_of_range for data sets that no
    /// message can carry; the block stays as it was.
    Status set_readout(std::span<const DataSet> data_sets);
    /// Back to idle, and to the opening speed: HDLC was signed off, or said nothing for too long.
    void reset();

    // D outputs
    std::optional<ByteView> poll_transmit() { return line_.poll_transmit(); }
    std::optional<LineSettings> poll_line_settings() { return line_.poll_line_settings(); }
    std::optional<ModeEServerEvent> poll_event() { return std::exchange(event_, std::nullopt); }
    std::optional<Instant> poll_timeout() const { return deadline_; }

private:
    enum class Input : std::uint8_t;
    struct Table;

    explicit ModeEServer(ModeEServerConfiguration configuration);

    bool step(Input input);
    void take(Byte character, Instant now);
    void take_message(Instant now);
    void take_request(const Request& request, Instant now);
    void take_acknowledgement(const Acknowledgement& acknowledgement, Instant now);
    void identify(Instant now);
    void confirm();
    void send_readout(Instant now);
    void abandon(const Error& error);
    void listen();
    Duration reaction_time() const;
    Result<std::uint32_t> chosen_rate(char baud_character) const;

    ModeEServerConfiguration configuration_;
    ByteBuffer identification_;
    ByteBuffer readout_;
    ModeELine line_;
    MessageCollector collector_;
    State state_ = State::idle;
    std::optional<Instant> deadline_;
    Instant answer_due_{};  // the first character of the reader's answer
    Instant end_due_{};     // its last one, whatever comes
    Acknowledgement acknowledgement_;
    std::uint32_t agreed_rate_ = 0;
    std::optional<ModeEServerEvent> event_;
    Counters counters_;
};

}  // namespace dlms::iec62056_21
