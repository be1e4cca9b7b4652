#pragma once
// ClientRequest: one outstanding request of a client, with the procedure that its answer needs:
// blocks of a long request up, blocks of a long answer down (Green Book 9.4.6.3 to 9.4.6.6, short
// names 9.4.6.9 and 9.4.6.10). The table is at the head of client_request.cpp.

#include <cstdint>
#include <optional>

#include "stack/association/client_event.hpp"
#include "stack/base/limits.hpp"
#include "stack/base/time.hpp"
#include "stack/security/apdu_protection.hpp"
#include "stack/xdlms/set.hpp"

namespace dlms::association {

enum class ClientService : std::uint8_t {
    get,
    get_list,
    set,
    set_list,
    action,
    action_list,
    access,
    read,
    write,
};

class ClientRequest {
public:
    enum class State : std::uint8_t {
        awaiting,   ///< the request is sent whole
        sending,    ///< blocks of the request are being acknowledged
        receiving,  ///< blocks of the answer are coming
        ended,
    };

    /// What an answer leads to: another APDU, or the request's end.
    struct Step {
        bool transmit = false;
        std::optional<ClientEvent> event;
    };

    /// A request that was sent whole, for `count` items.
    ClientRequest(ClientService service, RequestId id, xdlms::InvokeIdAndPriority invoke,
                  std::size_t count)
        : service_(service), id_(id), invoke_(invoke), count_(count) {}

    /// The rest of a long request whose first block was sent: blocks of `block_size` octets at
    /// most.
    void send_rest(ByteBuffer payload, std::size_t first_block, std::size_t block_size);

    ClientService service() const { return service_; }
    RequestId id() const { return id_; }
    State state() const { return state_; }
    /// Blocks of the request or of its answer are under way.
    bool is_in_blocks() const { return block_sent_ != 0 || block_received_ != 0; }

    Instant deadline{};
    /// Octets of the longest answer that is put together from blocks.
    std::size_t max_answer = limits::max_long_answer;
    /// A block that has come already is dropped: below are datagrams, which the network may double.
    bool duplicates_possible = false;
    /// How its APDUs are sealed.
    security::ProtectionRequest protection;
    /// Of the last APDU that was sent for it; empty where its envelope has none.
    ByteBuffer transaction_id;

    /// An answer of this request. `out` takes the APDU to be sent, if there is one; `received`
    /// takes what the event's views look into. Errors end the request.
    Step take(const xdlms::GetResponse& response, ByteBuffer& out, ByteBuffer& received);
    Step take(const xdlms::SetResponse& response, ByteBuffer& out);
    Step take(const xdlms::ActionResponse& response, ByteBuffer& out, ByteBuffer& received);
    Step take(const xdlms::AccessResponse& response);
    Step take(const xdlms::ReadResponse& response, ByteBuffer& out, ByteBuffer& received);
    Step take(const xdlms::WriteResponse& response, ByteBuffer& out);

    /// Ends the request.
    Step fail(RequestFailure reason);

private:
    enum class Input : std::uint8_t;
    struct Table;

    bool advance(Input input);
    Step complete(ClientEvent event);
    Step fail(ErrorCode code);
    /// Adds a block of the answer. A step: the block leads nowhere, since it was an error, which
    /// ends the request, or a duplicate.
    std::optional<Step> take_block(ByteView octets, std::uint32_t number, bool last);
    /// The peer took block `number` of the request; the next one is then to be sent, unless there
    /// is a step.
    std::optional<Step> next_block(std::uint32_t number, xdlms::RawDataBlock& block);
    Step complete_get(ByteBuffer& received);
    Step complete_action(ByteBuffer& received);
    Step complete_read(const xdlms::List<xdlms::ReadResult>& results);

    ClientService service_;
    State state_ = State::awaiting;
    RequestId id_;
    xdlms::InvokeIdAndPriority invoke_;
    std::size_t count_;

    ByteBuffer payload_;  // of a long request
    std::size_t sent_ = 0;
    std::size_t block_size_ = 0;
    std::uint32_t block_sent_ = 0;

    ByteBuffer assembled_;  // of a long answer
    std::size_t charged_ = 0;
    std::uint32_t block_received_ = 0;
};

/// A Write of short names that carries one block of a long one.
void encode_write_block(Writer& writer, const xdlms::RawDataBlock& block);

}  // namespace dlms::association
