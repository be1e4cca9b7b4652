#pragma once
// NativeMeterClient: a meter through our own stack, of logical or of short name referencing, over
// the TCP wrapper.

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "client/dial_in/call_register.hpp"
#include "client/learnt_limits.hpp"
#include "client/line.hpp"
#include "client/line_tally.hpp"
#include "client/meter_client.hpp"
#include "client/meter_parameters.hpp"
#include "client/meter_session.hpp"
#include "client/number_supply.hpp"
#include "client/renewal_rule.hpp"
#include "client/short_names.hpp"
#include "transport/driver.hpp"
#include "transport/mailbox.hpp"

namespace dlms::client {

/// Gets what a meter sends by itself. Views in it are valid during the call, in which no call may
/// be made to the client.
using NotificationSink = std::function<void(const association::Notification&)>;

/// What the surroundings lend to a client.
struct ClientEnvironment {
    transport::AddressFilter address_filter;  ///< empty: every address is allowed
    transport::TraceSink trace;               ///< empty: no trace
    NotificationSink notification;            ///< empty: notifications are dropped
    /// Of invocation counters; without it no association with keys is made.
    std::shared_ptr<DurableCounters> counters;
    /// Told when the meter's counter object made ours skip numbers, up to `next`.
    std::function<void(std::uint32_t next)> counter_raised;
    /// Told when that object would have had us skip to `next`, which anybody may have said in the
    /// meter's place, and nearly all numbers of the key with it: we skip none.
    std::function<void(std::uint32_t next)> counter_doubted;
    /// Told when the connection was closed since the meter sent without end what nobody had asked
    /// for. Must make no call to the client.
    std::function<void()> flooded;
    /// Told when a key of ours has few numbers left, `left` of them: it must be replaced. Once a
    /// client.
    std::function<void(std::uint32_t left)> counter_low;
    /// Gets added what this client's lines have brought; null: nobody counts.
    std::shared_ptr<LineTally> tally;
    /// Where clients that name the same line share it; null: each opens its own. Calls to clients
    /// of a shared line need a turn (SharedLineClient).
    std::shared_ptr<Lines> lines;
    /// The connections of meters that call; null: none is served.
    std::shared_ptr<dial_in::CallRegister> calls;
    /// What is known of the meter and what is learnt; null: each connection finds out anew.
    std::shared_ptr<LearntLimits> learnt;
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

    asio::awaitable<Outcome<void>> broadcast_write(cosem::AttributeDescriptor attribute,
                                                   axdr::Data value, Instant deadline) override;
    asio::awaitable<Outcome<void>> broadcast_invoke(cosem::MethodDescriptor method,
                                                    std::optional<axdr::Data> parameters,
                                                    Instant deadline) override;
    bool is_connected() const override;
    std::optional<AssociationInfo> association() const override { return association_; }

    const MeterParameters& parameters() const { return parameters_; }
    /// The shared line, or null.
    const std::shared_ptr<Line>& line() const { return line_; }
    /// To be called first whenever its turn on a shared line comes.
    void take_line();

private:
    enum class LinkPhase : std::uint8_t { none, opening, open, closing, lost };

    /// How a command to the association ended; the variants own their data.
    struct AssociationMade {
        association::Associated associated;
    };
    struct ReleaseDone {};
    struct LinkChanged {};  // opened or closed, as was asked
    using Value = Outcome<axdr::Data>;
    using Values = std::vector<Value>;
    using Verdicts = std::vector<cosem::DataAccessResult>;
    struct MethodDone {
        cosem::ActionResult result;
        std::optional<axdr::Data> returned;
    };
    using Answer = std::variant<AssociationMade, ReleaseDone, LinkChanged, Value, Values, Verdicts,
                                MethodDone, Failure>;
    struct Ending {
        association::RequestId id;
        Answer answer;
    };

    Outcome<void> send_to_all(const Result<association::RequestId>& made);
    void take_event(const association::ClientEvent& event);
    void take_end_of_association(const association::Aborted& aborted);
    void take_link_report(const LinkReport& report);
    /// With what the session knows of the reason.
    Failure failure_of(const Error& error) const;
    /// Tries to make the association, on a new connection; where the meter calls, on each of its
    /// calls.
    asio::awaitable<Outcome<AssociationInfo>> associate(Instant deadline);
    /// One try of those that have begun then.
    asio::awaitable<Outcome<AssociationInfo>> associate_once(Instant begun, Instant deadline);
    asio::awaitable<Result<std::unique_ptr<transport::Channel>>> open_new_channel(Instant begun,
                                                                                  Instant deadline);
    /// Asks the meter's counter object as public client, on a connection of its own, and skips the
    /// numbers that the meter has seen. True if there were any.
    asio::awaitable<bool> raise_counter(Instant deadline);
    bool may_raise_counter() const;
    /// Whether the failure of a request of this service calls for another association.
    bool calls_for_renewal(association::ClientService service, const Failure& failure);
    /// A reading that the meter refused since our counter is too low for it.
    bool calls_for_higher_counter(association::ClientService service, const Failure& failure) const;
    void warn_of_low_counter();
    /// Keys and numbers for one association.
    Result<association::SecurityTerms> security_terms();
    /// Makes channel, session and link anew.
    asio::awaitable<Outcome<void>> open_link(Instant begun, Instant deadline);
    void finish(association::RequestId id, Answer answer) {
        mailbox_.put(Ending{id, std::move(answer)});
    }
    association::ClientAssociation& machine() { return session_->association(); }
    /// Sends what the last command made ready and waits for how a request ends.
    asio::awaitable<Ending> await_ending(Instant deadline);
    // Its parts before and behind the wait.
    /// What the line has brought so far, all of it.
    LineTally tally() const;
    void tell_tally();
    void send_commands(Instant deadline);
    Ending take_ending();
    void drop_connection();
    void take_association(const association::Associated& associated);
    /// Makes the association anew on the same connection, where the failure of a request of this
    /// service calls for it; the request may then be repeated. A connection on which that fails is
    /// dropped.
    asio::awaitable<bool> renew_association(association::ClientService service,
                                            const Failure& failure, Instant deadline);

    // How a request that was made ends; a request that could not be made fails at once.
    asio::awaitable<Outcome<Values>> await_values(Result<association::RequestId> made,
                                                  Instant deadline);
    /// The same for requests that change something: once sent, silence leaves the outcome unknown.
    asio::awaitable<Outcome<Values>> await_results(Result<association::RequestId> made,
                                                   Instant deadline);
    asio::awaitable<Outcome<Verdicts>> await_verdicts(Result<association::RequestId> made,
                                                      Instant deadline);

    // Reading: as one list, in parts of a list, or one by one.
    /// Appends the values of the requests that have none yet, as far as it comes.
    asio::awaitable<Outcome<void>> read_rest(std::span<const ReadRequest> requests, Values& values,
                                             Instant deadline);
    asio::awaitable<Outcome<Values>> read_part(std::span<const ReadRequest> requests,
                                               Instant deadline);
    asio::awaitable<Outcome<Values>> read_by_names(std::span<const ReadRequest> requests,
                                                   Instant deadline);
    asio::awaitable<Outcome<void>> read_singly(std::span<const ReadRequest> requests,
                                               Values& values, Instant deadline);
    asio::awaitable<Outcome<Verdicts>> write_part(std::span<const WriteRequest> requests,
                                                  Instant deadline);
    asio::awaitable<Outcome<Verdicts>> write_by_names(std::span<const WriteRequest> requests,
                                                      Instant deadline);
    asio::awaitable<Outcome<std::optional<axdr::Data>>> invoke_by_name(
        const cosem::MethodDescriptor& method, const std::optional<axdr::Data>& parameters,
        Instant deadline);
    /// Whether the parameters of a method of short names cannot go with a Read, so that they are
    /// written to its name.
    bool writes(const std::optional<axdr::Data>& parameters) const;
    /// The short names, from the meter if they are not known yet. A meter that refused them is not
    /// asked again on the same connection, unless it said that it would tell later.
    asio::awaitable<Outcome<const ShortNames*>> short_names(Instant deadline);
    asio::awaitable<Outcome<ShortNames>> read_short_names(Instant deadline);
    bool uses_short_names() const {
        return parameters_.referencing == association::Referencing::short_name;
    }
    std::size_t list_limit() const;
    /// Notes the largest list; `values` are of the requests for which lists were refused: one that
    /// the meter does not answer alone either was the reason, and not the list.
    void note_lists(std::size_t before, const Values& values);

    MeterParameters parameters_;
    ClientEnvironment environment_;
    SystemRandom random_;
    std::optional<NumberSupply> numbers_;  // where there are keys
    bool has_warned_ = false;              // of a counter near its end
    bool has_raised_ = false;              // inside the association that connect() made
    std::shared_ptr<Line> line_;
    std::unique_ptr<MeterSession> session_;
    std::shared_ptr<transport::Driver> driver_;
    LinkPhase link_phase_ = LinkPhase::none;
    std::optional<AssociationInfo> association_;
    transport::Mailbox<Ending> mailbox_;
    /// What was told to environment_.tally of this line, since others had it last.
    LineTally told_;
    bool is_out_of_time_ = false;  ///< the request that ended last
    RenewalRule renewal_;
    std::optional<ShortNames> short_names_;
    std::optional<Failure> names_refused_;
    /// What is learnt outlives the connection.
    bool keeps_limits_ = false;
    /// A list was never answered, and single requests since then were.
    bool lists_go_unanswered_ = false;
};

}  // namespace dlms::client
