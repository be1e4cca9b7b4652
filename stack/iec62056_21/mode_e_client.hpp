#pragma once
// ModeEClient: the reader's side of the opening of IEC 62056-21 (clause 6, annex E): wakes the
// meter, asks who it is, and takes the line to HDLC at the meter's speed, or reads its data block
// (mode C; and of modes A and B, whose meters send it unasked). Sans I/O; the contract is
// docs/contract.md.
//
// One output more than the contract's: poll_line_settings(), as transport/session.hpp says it.

#include <string>
#include <utility>
#include <variant>

#include "stack/base/result.hpp"
#include "stack/iec62056_21/message.hpp"
#include "stack/iec62056_21/message_collector.hpp"
#include "stack/iec62056_21/mode_e_line.hpp"

namespace dlms::iec62056_21 {

/// What to do with a meter that does not announce HDLC, or does.
enum class OpeningGoal : std::uint8_t {
    hdlc,             ///< HDLC or an error
    hdlc_or_readout,  ///< HDLC if announced, else the data block
    readout,          ///< the data block, even where HDLC is announced
};

struct ModeEClientConfiguration {
    OpeningGoal goal = OpeningGoal::hdlc;
    /// No opening at all: HDLC at once, with these settings.
    std::optional<LineSettings> direct = std::nullopt;
    std::string device_address = {};  ///< up to 32 characters; empty for the only meter on the line
    /// Expected, three letters; the case of the third does not count. Empty: any.
    std::string manufacturer = {};
    /// A meter on a battery sleeps: NUL characters for 2.2 s, and 1.6 s of silence (annex B).
    bool wake_up = false;
    std::uint32_t start_baud_rate = 300;
    std::uint32_t max_baud_rate = 0;  ///< above which no speed is agreed; 0: none
    /// The line cannot change its speed (a converter behind TCP): start_baud_rate is agreed on, or
    /// nothing.
    bool fixed_speed = false;
    bool local_baud_rates = false;  ///< baud characters '7' to '9' mean local_baud_rate()
    bool software_parity = false;   ///< see ModeELine
    Duration reaction_time = std::chrono::milliseconds(200);  ///< before our acknowledgement
    /// The longest time to the meter's answer, and between its characters.
    Duration reaction_timeout = std::chrono::milliseconds(1500);
    Duration settle_time = std::chrono::milliseconds(300);  ///< between the new speed and HDLC
    Duration readout_timeout = std::chrono::seconds(180);   ///< for the whole data block
    unsigned attempts = 3;  ///< of the request and of the data block, together
};

/// The line is ready for HDLC. The texts are empty after an opening without words.
struct HdlcReady {
    LineSettings line;
    std::string_view manufacturer;
    std::string_view identification;
};

/// The data block, checked: read it with take_value(). Views are valid until the next input.
struct ReadoutDone {
    std::string_view manufacturer;
    std::string_view identification;
    ByteView data_sets;
};

/// It came to nothing. Errors: timeout when no answer came; wrong_manufacturer, with both names;
/// unsupported_mode when the meter does not announce what is wanted; unsupported_baud_rate;
/// check_mismatch, truncated, invalid_text and their kin for what came damaged every time.
struct OpeningFailed {
    Error error;
    std::string_view expected_manufacturer;  ///< only for wrong_manufacturer
    std::string_view manufacturer;           ///< the meter's, three letters, if it said one
};

using ModeEClientEvent = std::variant<HdlcReady, ReadoutDone, OpeningFailed>;

class ModeEClient {
public:
    enum class State : std::uint8_t {
        idle,
        waking,       ///< a sleeping meter
        identifying,  ///< asked, and awaiting the identification
        backing_off,  ///< silent after a damaged answer, before asking again
        reacting,     ///< between the identification and our acknowledgement
        confirming,   ///< acknowledged, and awaiting the echo
        settling,     ///< at the new speed, before HDLC
        hdlc,         ///< done: the line is HDLC's
        reading_out,  ///< awaiting the data block
        read,         ///< done: the data block has come
        failed,       ///< done
    };

    struct Counters {
        std::uint64_t octets_dropped = 0;    ///< outside of any message, or out of place
        std::uint64_t own_echoes = 0;        ///< our own messages, back from a two-wire line
        std::uint64_t damaged_messages = 0;  ///< that do not decode, or with a wrong check
        std::uint64_t unexpected_messages = 0;
        std::uint64_t missing_echoes = 0;  ///< of our acknowledgement; some meters send none
        std::uint64_t repeats = 0;         ///< of the request or of the data block
        std::uint64_t parity_errors = 0;   ///< seen by software parity
    };

    explicit ModeEClient(ModeEClientConfiguration configuration);

    // A getters
    State state() const { return state_; }
    Counters counters() const;

    // B inputs
    void receive(ByteView bytes, Instant now);
    void handle_timeout(Instant now);

    // C commands
    /// Begins. Errors: wrong_state unless idle; out_of_range for an address or a speed that no
    /// request can have.
    Status open(Instant now);
    /// Back to idle from every state; what was not handed out is forgotten.
    void reset();

    // D outputs
    std::optional<ByteView> poll_transmit() { return line_.poll_transmit(); }
    std::optional<LineSettings> poll_line_settings() { return line_.poll_line_settings(); }
    std::optional<ModeEClientEvent> poll_event() { return std::exchange(event_, std::nullopt); }
    std::optional<Instant> poll_timeout() const { return deadline_; }

private:
    enum class Input : std::uint8_t;
    struct Table;

    void step(Input input);
    void ask(Instant now);
    void take(Byte character, Instant now);
    void take_message(Instant now);
    void take_identification(const Identification& identification, Instant now);
    void take_echo(const Acknowledgement& echo, Instant now);
    void take_block(Instant now);
    void acknowledge(Instant now);
    void request_readout(Instant now);
    void await_block(Instant now);
    void switch_to_hdlc(Instant now);
    void time_is_up(Instant now);
    void damaged(const Error& error, Instant now);
    void fail_with(const Error& error);
    bool wants_hdlc(const Identification& identification) const;
    Result<char> agreed_baud(char offered) const;
    bool may_agree(std::uint32_t rate) const;
    std::optional<std::uint32_t> rate_of(char baud_character) const;

    ModeEClientConfiguration configuration_;
    ModeELine line_;
    MessageCollector collector_;
    State state_ = State::idle;
    std::optional<Instant> deadline_;
    Instant answer_due_{};  // the first character of the answer
    Instant end_due_{};     // its last one, whatever comes
    std::string manufacturer_;
    std::string identification_;
    Acknowledgement acknowledgement_;
    std::uint32_t agreed_rate_ = 0;
    bool unasked_readout_ = false;  // modes A and B
    bool line_echoes_ = false;      // our request came back
    bool own_echo_due_ = false;     // so our acknowledgement will
    unsigned attempts_left_ = 0;
    std::optional<Error> last_damage_;
    std::optional<ModeEClientEvent> event_;
    Counters counters_;
};

}  // namespace dlms::iec62056_21
