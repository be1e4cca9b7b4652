#pragma once
// NativeMeterClient: a meter through our own stack: LN referencing over the TCP wrapper.

#include <memory>

#include "client/meter_client.hpp"
#include "client/meter_profile.hpp"
#include "client/wrapper_session.hpp"
#include "transport/connector.hpp"
#include "transport/driver.hpp"
#include "transport/mailbox.hpp"

namespace dlms::client {

/// Where the meter is and how to associate with it. Start from a profile, then change.
struct MeterParameters {
    explicit MeterParameters(const MeterProfile& from = profile_of_brand("generic"));

    transport::TcpEndpoint endpoint;
    ClientSap client_sap;
    ServerSap server_sap;
    acse::Mechanism mechanism;
    SecretBytes password;
    xdlms::Conformance proposed_conformance;
    std::uint16_t max_receive_pdu_size;          ///< octets; 0 = no limit
    std::chrono::milliseconds response_timeout;  ///< of one request and its answer
    std::chrono::milliseconds release_timeout;
    bool release_without_reason;
    xdlms::InitiateTolerance initiate_tolerance;

    MeterParameters clone() const;
    /// Whether a live connection made with the one serves the other. Passwords are compared in
    /// constant time.
    bool same_connection(const MeterParameters& other) const;
};

/// What the surroundings lend to a client.
struct ClientEnvironment {
    transport::AddressFilter address_filter;  ///< empty: every address is allowed
    transport::TraceSink trace;               ///< empty: no trace
};

/// Must outlive every call that it has not ended.
class NativeMeterClient final : public MeterClient {
public:
    explicit NativeMeterClient(MeterParameters parameters, ClientEnvironment environment = {});
    ~NativeMeterClient() override;

    asio::awaitable<Outcome<AssociationInfo>> connect(Instant deadline) override;
    asio::awaitable<Outcome<axdr::Data>> read(ReadRequest request, Instant deadline) override;
    asio::awaitable<Outcome<void>> write(cosem::AttributeDescriptor attribute, axdr::Data value,
                                         Instant deadline) override;
    asio::awaitable<void> release(Instant deadline) override;
    bool is_connected() const override { return association_.has_value(); }
    std::optional<AssociationInfo> association() const override { return association_; }

    const MeterParameters& parameters() const { return parameters_; }

private:
    /// How a command to the association ended; the variants own their data.
    struct AssociationMade {
        association::Associated associated;
    };
    struct ReadDone {
        axdr::Data data;
    };
    struct WriteDone {};
    struct ReleaseDone {};
    using Ending = std::variant<AssociationMade, ReadDone, WriteDone, ReleaseDone, Failure>;

    void take_event(const association::ClientEvent& event);
    void finish(Ending ending);
    /// Sends what the last command made ready and waits for how it ends.
    asio::awaitable<Ending> await_ending(Instant deadline);
    asio::awaitable<Outcome<axdr::Data>> read_once(const ReadRequest& request, Instant deadline);
    void drop_connection();

    MeterParameters parameters_;
    ClientEnvironment environment_;
    std::unique_ptr<WrapperSession> session_;
    std::shared_ptr<transport::Driver> driver_;
    std::optional<AssociationInfo> association_;
    transport::Mailbox<Ending> mailbox_;
};

}  // namespace dlms::client
