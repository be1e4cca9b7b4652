#pragma once
// General block transfer (Green Book 9.4.6.13; sheet section 5.1): any APDU in numbered blocks,
// both ways, with windows, streaming and the recovery of lost blocks. One for each association,
// used by both roles. Sans I/O: blocks and time in; blocks, whole APDUs and the next deadline out.
//
// How the standard is read here, and what of it real peers showed (vectors xdlms-0021 ff.):
// - Each side numbers all blocks that it sends from 1, empty ones too; an empty block acknowledges.
// - `streaming` says that more follows without waiting; the block without it asks for an answer.
// - A gap is told by block-number-ack, with a window as wide as the gap; the sender goes back to
//   the block behind it. Blocks beyond a gap are kept, so what was not lost need not come again.
// - window 0 is a sender that listens to nothing (a push): it is not answered.
// - An empty last block in the middle of a transfer ends it without a result.
// - A request that comes again octet by octet is the same request, and has the same answer.
// - Blocks do not say which transfer they belong to. A line that lets a block of an old transfer
//   overtake those of a new one needs another protection (its invoke-id, or ciphering).

#include <cstdint>
#include <map>
#include <optional>

#include "stack/base/bytes.hpp"
#include "stack/base/limits.hpp"
#include "stack/base/time.hpp"
#include "stack/xdlms/general_block_transfer.hpp"

namespace dlms::association {

class BlockTransfer {
public:
    /// The client minds the time and sends again what stays without an answer; the server answers.
    enum class Role : std::uint8_t { client, server };

    struct Configuration {
        Role role = Role::server;
        /// Blocks that we take without acknowledging, 1 to 63.
        std::uint8_t window = 1;
        /// A client that heard nothing new for so long sends again what waits for an answer.
        Duration retry_interval = std::chrono::seconds(10);
        unsigned max_retries = 3;
        std::size_t max_apdu = limits::max_long_answer;  ///< octets of an APDU that comes
    };

    struct Counters {
        std::uint64_t duplicate_blocks = 0;  ///< came again
        std::uint64_t early_blocks = 0;      ///< came before one that is missing
        std::uint64_t invalid_blocks = 0;    ///< number 0, or an acknowledgement of unsent blocks
        std::uint64_t repeated_blocks = 0;   ///< sent again
        std::uint64_t abandoned_transfers = 0;  ///< given up, or begun anew by the peer
    };

    /// What a block brought.
    enum class Received : std::uint8_t {
        nothing,   ///< nothing new
        part,      ///< something new; the transfer goes on
        apdu,      ///< apdu() is whole
        aborted,   ///< the peer gave its APDU up
        repeated,  ///< the APDU that was taken last, once more: resend() repeats its whole answer
        too_long,  ///< above max_apdu; the rest of the APDU is passed over
    };

    explicit BlockTransfer(Configuration configuration) : configuration_(configuration) {}

    // A getters
    /// Some blocks of an APDU came, and not all.
    bool is_receiving() const { return !assembled_.empty() || !early_.empty() || passes_over_; }
    /// The first block of the APDU that comes, or of the last one; empty before any.
    ByteView first_block() const { return first_block_; }
    /// Whether the peer has sent blocks in this exchange.
    bool has_received() const { return expected_ > 1; }
    /// Blocks are to be sent, or the peer has not acknowledged them all.
    bool is_sending() const { return acknowledged_ < block_count_; }
    /// Whether every block was sent once; one may still be lost.
    bool all_sent() const { return sent_ == block_count_; }
    /// Whether the peer has acknowledged a block of what is being sent.
    bool is_acknowledged_in_part() const { return acknowledged_ > empty_count_; }
    /// Whether what was sent is one block: the peer cannot have a part of it.
    bool is_one_block() const { return block_count_ == empty_count_ + 1; }
    const Counters& counters() const { return counters_; }
    /// The APDU that receive() announced; valid until the next call.
    ByteView apdu() const { return complete_; }

    // B inputs
    Received receive(const xdlms::GeneralBlockTransfer& block, Instant now);
    /// Takes what the block says of our blocks, and passes over its own data.
    void receive_acknowledgement(const xdlms::GeneralBlockTransfer& block, Instant now);
    /// False when the retries are used up; the transfer is then given up.
    bool handle_timeout(Instant now);

    // C commands
    /// Forgets everything: a new exchange begins with block 1 in both directions.
    void reset();
    /// The same for what the peer does not want, and counts it.
    void give_up();
    /// The exchange is over for its owner: nothing is sent again nor waited for. What still comes
    /// of it is known as such.
    void finish();
    /// Sends `apdu` in blocks of `block_size` octets at most. False when the numbers do not
    /// suffice.
    bool send(ByteView apdu, std::size_t block_size, Instant now);
    /// Sends again what the peer has not acknowledged.
    void resend();
    /// What the peer has not acknowledged counts as never sent: it asks for another answer. Only
    /// when is_one_block(), or parts of two answers may meet.
    void take_back();
    /// Acknowledges the APDU taken last, to which there is no answer, if its sender listens.
    void acknowledge() { acknowledgement_due_ = peer_listens_; }

    // D outputs
    /// Appends the next block's APDU to `out`, if one may be sent now.
    bool poll_transmit(ByteBuffer& out);
    std::optional<Instant> poll_timeout() const { return deadline_; }

private:
    struct EarlyBlock {
        ByteBuffer data;
        bool last = false;
    };
    using Block = xdlms::GeneralBlockTransfer;

    bool is_client() const { return configuration_.role == Role::client; }
    /// A server's answer waits while its request comes again.
    bool holds_back() const { return repeats_ && !is_client(); }
    bool answers() const { return block_count_ > empty_count_; }
    std::size_t acknowledged_by(const Block& block) const;
    /// The peer has of what we sent what `block` says, and no more.
    void go_back_to(const Block& block);
    bool take_acknowledgement(const Block& block);
    Received take_data(const Block& block);
    Received take_empty(const Block& block);
    Received take_next(const Block& block);
    void keep_early(const Block& block);
    bool append(ByteView data, bool last);
    void answer_what_is_not_next(const Block& block);
    void forget_received();
    void take_again();
    void end_repetition();
    void mind_deadline(Instant now);
    std::uint8_t window() const;
    bool next_data(Block& block);
    bool next_acknowledgement(Block& block);

    Configuration configuration_;
    Counters counters_;

    // What we send: block i, from 0, has the number first_number_ + i. The first empty_count_ are
    // acknowledgements of ours that the peer is not known to have: they are sent again if they are
    // missed, since the peer takes blocks in order.
    ByteBuffer outgoing_;
    std::size_t block_size_ = 0;
    std::size_t empty_count_ = 0;
    std::size_t block_count_ = 0;
    std::size_t sent_ = 0;
    std::size_t acknowledged_ = 0;
    std::uint32_t first_number_ = 1;
    std::uint32_t next_number_ = 1;        // never sent so far
    std::uint32_t last_acknowledged_ = 0;  // of our numbers, by the peer
    std::uint8_t peer_window_ = 1;
    /// A client sends again at once only one time for each acknowledgement, else a doubled block
    /// would double every later one.
    std::optional<std::size_t> repeated_from_;
    bool awaits_answer_ = false;

    // What we receive.
    std::uint32_t expected_ = 1;
    ByteBuffer assembled_;
    ByteBuffer complete_;
    ByteBuffer first_block_;  // to tell a repetition from a new beginning
    std::map<std::uint32_t, EarlyBlock> early_;
    bool last_taken_ = false;
    bool was_aborted_ = false;  // its first block may come again, for another try
    bool passes_over_ = false;
    bool peer_listens_ = true;
    /// The first block of the last APDU came again: whether the rest is as it was is to be seen.
    /// Until then what we sent is kept, and not sent again.
    bool repeats_ = false;
    std::uint32_t expected_before_ = 1;
    ByteBuffer previous_;

    bool acknowledgement_due_ = false;
    std::optional<std::uint32_t> acknowledged_to_peer_;  // by the last block that we sent
    std::optional<std::uint32_t> asked_again_for_;       // at once, by a client
    std::optional<Instant> deadline_;
    unsigned retries_ = 0;
};

}  // namespace dlms::association
