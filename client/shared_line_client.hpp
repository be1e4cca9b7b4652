#pragma once
// SharedLineClient: a meter on a line that it shares with others: every call waits for its turn.

#include <memory>

#include "client/native_meter_client.hpp"

namespace dlms::client {

class SharedLineClient final : public MeterClient {
public:
    /// `environment.lines` must be set, and the parameters those of a line.
    SharedLineClient(MeterParameters parameters, ClientEnvironment environment)
        : meter_(std::move(parameters), std::move(environment)) {}

    // As MeterClient says; line_busy when the turn did not come by the deadline.
    asio::awaitable<Outcome<AssociationInfo>> connect(Instant deadline) override;
    asio::awaitable<Outcome<axdr::Data>> read(ReadRequest request, Instant deadline) override;
    asio::awaitable<Outcome<void>> write(cosem::AttributeDescriptor attribute, axdr::Data value,
                                         Instant deadline) override;
    asio::awaitable<Outcome<void>> broadcast_write(cosem::AttributeDescriptor attribute,
                                                   axdr::Data value, Instant deadline) override;
    asio::awaitable<Outcome<void>> broadcast_invoke(cosem::MethodDescriptor method,
                                                    std::optional<axdr::Data> parameters,
                                                    Instant deadline) override;
    asio::awaitable<Outcome<std::vector<Outcome<axdr::Data>>>> read_list(
        std::vector<ReadRequest> requests, Instant deadline) override;
    asio::awaitable<Outcome<std::vector<Outcome<void>>>> write_list(
        std::vector<WriteRequest> requests, Instant deadline) override;
    asio::awaitable<Outcome<std::optional<axdr::Data>>> invoke(cosem::MethodDescriptor method,
                                                               std::optional<axdr::Data> parameters,
                                                               Instant deadline) override;
    asio::awaitable<Outcome<std::vector<AccessOutcome>>> access(std::vector<AccessItem> items,
                                                                bool break_on_error,
                                                                Instant deadline) override;
    asio::awaitable<void> release(Instant deadline) override;
    bool is_connected() const override { return meter_.is_connected(); }
    std::optional<AssociationInfo> association() const override { return meter_.association(); }

private:
    asio::awaitable<Line::Turn> take_turn(Instant deadline);
    /// Makes the call when its turn has come.
    template <class T, class Call>
    asio::awaitable<Outcome<T>> in_turn(Instant deadline, Call call);

    NativeMeterClient meter_;
};

/// The client for these parameters: one that takes turns where the environment has lines and the
/// meter is on one.
std::unique_ptr<MeterClient> make_meter_client(MeterParameters parameters,
                                               ClientEnvironment environment);

}  // namespace dlms::client
