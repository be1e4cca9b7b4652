#pragma once
// ServerStation: the meter's end of an HDLC line. It finds the frames in the octets, and has a link
// for each client and each of the meter's addresses: several logical devices behind one address,
// several meters on one line. Sans I/O; docs/contract.md says how such a machine is used.
//
// Frames for addresses that were not declared are met with silence (HDLC_ADDRESS_N4, _N6), as is
// everything for all stations but UI (HDLC_X_BCAST_1). The CALLING address is ours while is_calling
// says that this device began the call; what comes back has it as its source.

#include "stack/hdlc/frame_parser.hpp"
#include "stack/hdlc/server_link.hpp"

namespace dlms::hdlc {

struct ServerStationConfiguration {
    /// Every logical device of every meter, in the form in which it is addressed. Must be valid.
    std::vector<Address> addresses;
    ServerLinkConfiguration link;
    std::optional<std::chrono::milliseconds> inter_octet_timeout;  ///< nothing: a stream
    ErrorMode error_mode = ErrorMode::discard;
    bool expect_echo = false;    ///< two-wire line: what we send may come back
    bool is_calling = false;     ///< frames for the CALLING physical device are ours
    std::size_t max_links = 16;  ///< open at once; SNRM beyond is answered by DM
};

class ServerStation {
public:
    /// What was dropped, by cause, and what became of the frames of all links.
    struct Counters {
        FrameParser::Counters parser;
        ServerLink::Counters links;
        std::uint64_t misaddressed = 0;       ///< frames for others, or from no client's address
        std::uint64_t echoes = 0;             ///< our own frames
        std::uint64_t broadcast_dropped = 0;  ///< frames for all stations that are not UI
        std::uint64_t no_room = 0;            ///< SNRM beyond max_links
    };

    explicit ServerStation(const ServerStationConfiguration& configuration);

    // A getters
    bool is_connected(const LinkAddresses& link) const;
    std::size_t open_links() const;
    Counters counters() const;
    /// Why the stream is at its end, in ErrorMode::close: its owner closes the connection.
    const std::optional<Error>& failure() const { return parser_.failure(); }

    // B inputs
    void receive(ByteView octets, Instant now);
    void handle_timeout(Instant now);
    /// The line is gone; all links end. The station can be used on another.
    void link_lost(Instant now);

    // C commands
    /// Sends an APDU when the client polls next, or at once if it waits for one; several APDUs in
    /// one turn if the window allows. Errors: wrong_state when that link is not open,
    /// request_too_long for none, more than max_apdu, or too much in the queue.
    Status send(const LinkAddresses& link, ByteView apdu, Instant now);
    /// Sends an APDU in a UI frame, at once (a push). Errors: out_of_range for addresses that are
    /// not valid; request_too_long for more than one frame takes.
    Status send_unnumbered(const LinkAddresses& link, ByteView apdu, Instant now);
    /// Busy: all links answer RNR and take no information.
    void set_busy(bool busy) { is_busy_ = busy; }

    // D outputs
    std::optional<ByteView> poll_transmit();
    std::optional<ServerEvent> poll_event() { return events_.poll(); }
    std::optional<Instant> poll_timeout() const;

private:
    void process_frames(Instant now);
    void take(const RawFrame& frame, Instant now);
    void take_broadcast(const RawFrame& frame, Instant now);
    void hand_to_link(const RawFrame& frame, const LinkAddresses& addresses, Instant now);
    bool is_ours(const Address& destination) const;
    ServerLink* find(const LinkAddresses& link);
    void look_at_deadlines(Instant now);
    void forget_closed();

    ServerStationConfiguration configuration_;
    FrameParser parser_;
    FrameOutput output_;
    EventQueue<ServerEvent> events_;
    std::vector<ServerLink> links_;  // open or rejected ones only, between two inputs
    Counters counters_;              // without the parser's and those of links_
    bool is_busy_ = false;
};

}  // namespace dlms::hdlc
