#pragma once
// LogicalDevice: the objects behind one server SAP of a simulated meter, and what each client may
// do with them. One for all connections.

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "simulator/classes/class_behaviour.hpp"
#include "simulator/device_values.hpp"
#include "simulator/load_model.hpp"
#include "simulator/meter_clock.hpp"
#include "simulator/meter_model.hpp"
#include "simulator/profile.hpp"
#include "simulator/push_outbox.hpp"
#include "stack/axdr/data_builder.hpp"
#include "stack/xdlms/action.hpp"
#include "stack/xdlms/get.hpp"

namespace dlms::simulator {

/// The parameters of the clock's preset_adjusting_time, in local time.
struct PresetTime {
    cosem::LocalSeconds time = 0;
    cosem::LocalSeconds from = 0;
    cosem::LocalSeconds to = 0;
};

class LogicalDevice;

/// What all logical devices of a meter share.
struct MeterState {
    LoadModel load;
    MeterClock clock;
    Instant start;
    std::uint64_t seed = 0;
    std::optional<PresetTime> preset{};
    /// In the order of the scenario; they belong to the meter.
    std::vector<LogicalDevice*> devices{};
    /// What a burst of tokens may not use again.
    std::vector<std::uint64_t> used_tokens{};
    PushOutbox pushes{};

    /// Every device learns that the clock was changed.
    void clock_jumped(Instant now);
    /// Seconds since the start, for the load.
    double seconds(Instant now) const { return std::chrono::duration<double>(now - start).count(); }
};

/// Who asks.
struct Caller {
    /// Of associations().
    std::size_t association = 0;
    xdlms::Conformance conformance;
    std::uint16_t client_max_receive_pdu_size = 0;
    security::Protection protection{};  ///< of the request
    std::optional<security::SystemTitle> client_title = std::nullopt;
    std::optional<std::int64_t> user_id = std::nullopt;
};

/// An attribute whose changes are told has changed.
struct AttributeChanged {
    cosem::AttributeDescriptor attribute;
    /// 0 where the device has no short names.
    std::uint16_t short_name = 0;
    axdr::Data value;
};

/// A push setup object (class 40) without a destination sends its values.
struct Pushed {
    bool confirmed = false;
    axdr::Data body;
};

using Notification = std::variant<AttributeChanged, Pushed>;

/// A place among a device's attributes.
struct AttributePlace {
    std::size_t object = 0;
    std::int8_t id = 0;

    friend bool operator==(const AttributePlace&, const AttributePlace&) = default;
};

/// Whether a method was called from outside, or the meter protects itself (limiter, credit): what
/// Blue Book 4.5.8 calls remote and local.
enum class Instigator : std::uint8_t { remote, local };

/// An amount as a living value shows it: in its scaler and type.
axdr::Data scaled_data(const LivingValue& value, double amount);

class LogicalDevice {
public:
    /// `model` and `state` must outlive the device.
    LogicalDevice(const DeviceModel& model, MeterState& state);
    LogicalDevice(const LogicalDevice&) = delete;
    LogicalDevice& operator=(const LogicalDevice&) = delete;

    ServerSap sap() const { return sap_; }
    /// The SAP assignment has bound it to another one; 0 for none.
    void set_sap(ServerSap sap) { sap_ = sap; }
    const std::string& name() const { return name_; }
    void set_name(std::string name) { name_ = std::move(name); }
    const std::vector<DeclaredAssociation>& associations() const { return declared_.associations; }

    // Logical names. A view in an answer is valid until the next call of one of these five.
    xdlms::GetDataResult get(const Caller& caller, const cosem::AttributeDescriptor& attribute,
                             const std::optional<cosem::SelectiveAccess>& selection, Instant now);
    /// Writes an attribute, or says why not and leaves it as it was.
    cosem::DataAccessResult set(const Caller& caller, const cosem::AttributeDescriptor& attribute,
                                const std::optional<cosem::SelectiveAccess>& selection,
                                const axdr::DataView& value, Instant now);
    xdlms::ActionOutcome action(const Caller& caller, const cosem::MethodDescriptor& method,
                                const std::optional<axdr::DataView>& parameters, Instant now);

    // Short names. The name of a method invokes it: a Read with the parameters of the parameterized
    // access, a Write with the value.
    xdlms::GetDataResult read(const Caller& caller, std::uint16_t short_name,
                              const std::optional<cosem::SelectiveAccess>& selection, Instant now);
    cosem::DataAccessResult write(const Caller& caller, std::uint16_t short_name,
                                  const std::optional<cosem::SelectiveAccess>& selection,
                                  const axdr::DataView& value, Instant now);

    /// What access rights ask of the answer to what was asked since the last call.
    security::Protection take_answer_protection() { return std::exchange(answer_protection_, {}); }
    /// What the objects have to tell since the last call.
    std::vector<Notification> take_notifications() { return std::exchange(notifications_, {}); }
    DeviceSecurity& security() { return security_; }
    /// The secret of an association as it is now.
    const SecretBytes& secret(std::size_t association) const;
    /// Ids in the user_list of the current association; empty where everybody may call.
    std::vector<std::uint8_t> users(std::size_t association) const;
    /// Counts the changes of associations' secrets.
    std::uint64_t secret_changes() const { return secret_changes_; }
    cosem::DateTime time(Instant now) const { return state_.clock.time(now); }
    /// What certificates must be valid at.
    security::Time certificate_time(Instant now) const;

    /// Whether the simulator knows what a method does.
    static bool has_behaviour(std::uint16_t class_id, std::int8_t method_id);

    // Time
    /// What is due until now, each at its own time. To be called before anything else at a moment.
    void advance(Instant now);
    /// When something is due next.
    std::optional<Instant> next_due() const;
    /// The meter starts, or has power again.
    void start(Instant now);
    /// What the clock showed before has no meaning for what comes.
    void clock_changed(Instant now);
    /// Something that may be logged.
    void happened(MeterHappening what, Instant now);

    // The meter's own access to its objects: rights do not matter.
    MeterState& meter() { return state_; }
    const DeviceModel& model() const { return model_; }
    const MeterObject& object(std::size_t place) const { return declared_.objects[place]; }
    std::optional<std::size_t> find_object(std::uint16_t class_id,
                                           const cosem::ObisCode& instance) const;
    /// A stored attribute; null-data for any other. Valid until it changes.
    axdr::DataView stored(AttributePlace place) const;
    /// The place of a stored attribute of the first object of a class.
    std::optional<AttributePlace> first_of_class(std::uint16_t class_id, std::int8_t id) const;
    /// Any attribute, 1 included; null-data where it is not there.
    axdr::Data value(AttributePlace place, Instant now);
    void store(AttributePlace place, axdr::Data value, Instant now);
    cosem::DataAccessResult put(AttributePlace place, const axdr::DataView& value, Instant now);
    cosem::ActionResult invoke(AttributePlace method, const axdr::DataView& parameter, Instant now);
    /// A script of the script table of that name.
    cosem::ActionResult run_script(const cosem::ObisCode& table, std::uint64_t selector,
                                   Instigator instigator, Instant now);
    Instigator instigator() const { return instigator_; }
    void notify(Notification notification) { notifications_.push_back(std::move(notification)); }
    /// The object's state or its attributes have changed, so that its next deadline may be another.
    void plan(std::size_t object, Instant now);
    std::unique_ptr<ObjectState>& state_slot(std::size_t object) { return states_[object]; }

    /// What a living value shows, counted from an origin.
    axdr::Data living_data(const LivingValue& value, const LivingOrigin& origin, Instant now);
    LivingOrigin living_origin(std::size_t object) const;
    /// What depends on the object's past keeps what it had until now.
    void set_living_origin(std::size_t object, const LivingOrigin& origin, Instant now);
    /// Element `data_index` of a value, or all of it for 0.
    static axdr::DataView part(const axdr::DataView& value, std::uint16_t data_index);
    /// What a capture object holds now.
    axdr::Data captured(const cosem::CaptureObject& column, Instant now);

    /// What an association may see, beside what its model lets it.
    void set_hidden(std::size_t association, std::size_t object, bool is_hidden);
    /// Values that differ from the model's, for a meter that is to be switched off.
    DeviceValues& values() { return values_; }
    /// Forgets what a meter does not keep without power.
    void lose_power(Instant now);

private:
    /// A method that is being executed.
    struct Invocation {
        const Caller& caller;
        const MeterObject& object;
        axdr::DataView parameter;
        Instant now;
    };
    struct Behaviour;
    static const Behaviour* behaviour(std::uint16_t class_id, std::int8_t method_id);

    // Objects and rights
    std::expected<const MeterObject*, cosem::DataAccessResult> find(
        const Caller& caller, std::uint16_t class_id, const cosem::ObisCode& instance);
    std::size_t place_of(const MeterObject& object) const {
        return static_cast<std::size_t>(&object - declared_.objects.data());
    }
    std::expected<ShortNames::Target, cosem::DataAccessResult> find(const Caller& caller,
                                                                    std::uint16_t short_name);
    bool is_visible(std::size_t association, const MeterObject& object) const;
    bool is_writable(const Caller& caller, const Attribute& attribute) const;
    /// Whether request and association have the protection that an access right asks for.
    bool is_protected(const Caller& caller, std::uint8_t needed) const;
    bool uses_short_names(std::size_t association) const;

    // Reading
    xdlms::GetDataResult get(const Caller& caller, const MeterObject& object, std::int8_t id,
                             const std::optional<cosem::SelectiveAccess>& selection, Instant now);
    xdlms::GetDataResult get_part(const Caller& caller, const MeterObject& object,
                                  const Attribute& attribute,
                                  const cosem::SelectiveAccess& selection, Instant now);
    xdlms::GetDataResult get_all(const Caller& caller, const MeterObject& object, Instant now);
    axdr::DataView value_of(const Caller& caller, const MeterObject& object,
                            const Attribute& attribute, Instant now);
    axdr::DataView computed(const Caller& caller, const MeterObject& object, ComputedValue value,
                            Instant now);
    xdlms::GetDataResult profile_rows(const MeterObject& object,
                                      const std::optional<cosem::SelectiveAccess>& selection,
                                      Instant now);
    axdr::DataView built(axdr::DataBuilder& builder);

    // Writing
    cosem::DataAccessResult set(const Caller& caller, const MeterObject& object, std::int8_t id,
                                const axdr::DataView& value, Instant now);
    cosem::DataAccessResult set_all(const Caller& caller, const MeterObject& object,
                                    const axdr::DataView& value, Instant now);
    cosem::DataAccessResult judge(const Caller& caller, const MeterObject& object,
                                  const Attribute& attribute, const axdr::DataView& value,
                                  Instant now);
    cosem::DataAccessResult put(const Caller& caller, const MeterObject& object,
                                const Attribute& attribute, const axdr::DataView& value,
                                Instant now);
    void changed(const MeterObject& object, const Attribute& attribute, Instant now);
    bool is_acceptable(const Caller& caller, ComputedValue which, const axdr::DataView& value,
                       Instant now) const;
    void put_computed(const Caller& caller, ComputedValue which, const axdr::DataView& value,
                      Instant now);
    /// Secrets never go over the line but where everything is protected.
    static bool is_fully_protected(const Caller& caller) {
        return caller.protection.is_at_least(security::authenticated_encryption);
    }
    /// Whether an association's mechanism has such a secret.
    bool is_secret(std::size_t association, const axdr::DataView& value) const;
    void change_secret(std::size_t association, const axdr::DataView& secret);

    // Methods
    xdlms::ActionOutcome invoke(const Caller& caller, const MeterObject& object, std::int8_t id,
                                const std::optional<axdr::DataView>& parameters, Instant now);
    xdlms::ActionOutcome perform(const Invocation& invocation, const Method& method,
                                 bool has_parameter);
    cosem::ActionResult security_activate(const Invocation& invocation);
    cosem::ActionResult key_transfer(const Invocation& invocation);
    cosem::ActionResult key_agreement(const Invocation& invocation);
    cosem::ActionResult generate_key_pair(const Invocation& invocation);
    cosem::ActionResult generate_certificate_request(const Invocation& invocation);
    cosem::ActionResult import_certificate(const Invocation& invocation);
    cosem::ActionResult export_certificate(const Invocation& invocation);
    cosem::ActionResult remove_certificate(const Invocation& invocation);
    cosem::ActionResult may_change_pairs(const Invocation& invocation) const;
    cosem::ActionResult change_hls_secret(const Invocation& invocation);
    cosem::ActionResult read_by_logical_name(const Invocation& invocation);

    // Current associations
    std::uint8_t association_version(std::uint16_t class_id) const;
    axdr::DataView user_list(std::size_t association) const;
    axdr::Data current_user(const Caller& caller) const;
    const axdr::Data& object_list(std::size_t association);
    axdr::Data make_object_list(std::size_t association) const;
    axdr::Data make_short_name_list(std::size_t association) const;
    axdr::Data make_access_rights_list(std::size_t association) const;
    xdlms::GetDataResult object_list_part(const Caller& caller,
                                          const cosem::SelectiveAccess& selection);

    /// Of an object that does something at a time.
    struct Timed {
        std::size_t object;
        std::optional<Instant> due;
    };
    /// An association's own part of the object list.
    struct OwnView {
        std::vector<std::size_t> hidden;  // in ascending order
        std::optional<axdr::Data> list;
    };

    const DeviceModel& model_;
    const DeclaredDevice& declared_;
    const ShortNames& names_;  // empty where no association uses them
    DeviceSecurity security_;
    MeterState& state_;
    ServerSap sap_;
    std::string name_;
    DeviceValues values_;
    std::unordered_map<std::size_t, std::unique_ptr<ObjectState>> states_;
    std::unordered_map<std::size_t, LivingOrigin> origins_;
    std::unordered_map<std::size_t, SecretBytes> secrets_;  // by association, changed ones
    std::unordered_map<std::size_t, OwnView> views_;        // by association, changed ones
    std::vector<Timed> timed_;
    std::optional<axdr::Data> returned_;  // by the method that is being executed
    axdr::Data answer_;                   // what the last answer's view looks into
    std::uint64_t secret_changes_ = 0;
    security::Protection answer_protection_;
    std::vector<Notification> notifications_;
    std::uint8_t nesting_ = 0;       // scripts that execute scripts
    std::uint8_t observations_ = 0;  // changes that cause changes
    Instigator instigator_ = Instigator::remote;
};

}  // namespace dlms::simulator
