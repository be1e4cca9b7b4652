#pragma once
// LogicalDevice: the objects behind one server SAP of a simulated meter, and what each client may
// do with them. One for all connections.

#include <cstdint>
#include <unordered_map>
#include <variant>
#include <vector>

#include "simulator/load_model.hpp"
#include "simulator/meter_clock.hpp"
#include "simulator/scenario.hpp"
#include "simulator/short_names.hpp"
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

/// What all logical devices of a meter share.
struct MeterState {
    LoadModel load;
    MeterClock clock;
    Instant start;
    /// Structures of SAP and logical device name, one a logical device.
    axdr::Data sap_assignment_list;
    std::optional<PresetTime> preset{};

    void advance(Instant now);
};

/// Who asks.
struct Caller {
    /// Of associations().
    std::size_t association = 0;
    xdlms::Conformance conformance;
    std::uint16_t client_max_receive_pdu_size = 0;
    security::Protection protection{};  ///< of the request
    std::optional<security::SystemTitle> client_title = std::nullopt;
};

/// An attribute whose changes are told has changed.
struct AttributeChanged {
    cosem::AttributeDescriptor attribute;
    /// 0 where the device has no short names.
    std::uint16_t short_name = 0;
    axdr::Data value;
};

/// A push setup object (class 40) sends its values.
struct Pushed {
    bool confirmed = false;
    axdr::Data body;
};

using Notification = std::variant<AttributeChanged, Pushed>;

class LogicalDevice {
public:
    /// `state` must outlive the device.
    LogicalDevice(DeclaredDevice declared, MeterState& state);
    LogicalDevice(const LogicalDevice&) = delete;
    LogicalDevice& operator=(const LogicalDevice&) = delete;

    ServerSap sap() const { return declared_.sap; }
    const std::string& name() const { return declared_.name; }
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
    /// Counts the changes of associations' secrets.
    std::uint64_t secret_changes() const { return secret_changes_; }
    cosem::DateTime time(Instant now) const { return state_.clock.time(now); }
    /// What certificates must be valid at.
    security::Time certificate_time(Instant now) const;

    /// A stored attribute of the first object of a class, or null. Valid as long as the device.
    const StoredValue* stored_value(std::uint16_t class_id, std::int8_t attribute_id) const;

    /// Whether the simulator knows what a method does.
    static bool has_behaviour(std::uint16_t class_id, std::int8_t method_id);

private:
    struct ObisHash {
        std::size_t operator()(const cosem::ObisCode& code) const;
    };
    /// A method that is being executed.
    struct Invocation {
        const Caller& caller;
        MeterObject& object;
        axdr::DataView parameter;
        Instant now;
    };
    struct Behaviour;
    static const Behaviour* behaviour(std::uint16_t class_id, std::int8_t method_id);

    // Objects and rights
    std::expected<MeterObject*, cosem::DataAccessResult> find(const Caller& caller,
                                                              std::uint16_t class_id,
                                                              const cosem::ObisCode& instance);
    MeterObject* find_own(std::uint16_t class_id, const cosem::ObisCode& instance);
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
                                  const cosem::SelectiveAccess& selection);
    xdlms::GetDataResult get_all(const Caller& caller, const MeterObject& object, Instant now);
    axdr::DataView value_of(const Caller& caller, const MeterObject& object,
                            const Attribute& attribute, Instant now);
    axdr::DataView living(const LivingValue& value, Instant now);
    axdr::DataView computed(const Caller& caller, const MeterObject& object, ComputedValue value,
                            Instant now);
    xdlms::GetDataResult profile_rows(const MeterObject& object, const ProfileBuffer& buffer,
                                      const std::optional<cosem::SelectiveAccess>& selection);
    axdr::DataView built(axdr::DataBuilder& builder);

    // Writing
    cosem::DataAccessResult set(const Caller& caller, MeterObject& object, std::int8_t id,
                                const axdr::DataView& value, Instant now);
    cosem::DataAccessResult set_all(const Caller& caller, MeterObject& object,
                                    const axdr::DataView& value, Instant now);
    cosem::DataAccessResult put(const Caller& caller, MeterObject& object, Attribute& attribute,
                                const axdr::DataView& value, Instant now);
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
    static void clear_buffer(MeterObject& object);
    void changed(const Caller& caller, const MeterObject& object, const Attribute& attribute,
                 Instant now);
    void put_own(const Invocation& invocation, std::int8_t id, const axdr::Data& value);

    // Methods
    xdlms::ActionOutcome invoke(const Caller& caller, MeterObject& object, std::int8_t id,
                                const std::optional<axdr::DataView>& parameters, Instant now);
    xdlms::ActionOutcome perform(const Invocation& invocation, const Method& method,
                                 bool has_parameter);
    cosem::ActionResult reset_register(const Invocation& invocation);
    cosem::ActionResult reset_profile(const Invocation& invocation);
    cosem::ActionResult capture(const Invocation& invocation);
    cosem::ActionResult adjust_to_quarter(const Invocation& invocation);
    cosem::ActionResult adjust_to_measuring_period(const Invocation& invocation);
    cosem::ActionResult adjust_to_minute(const Invocation& invocation);
    cosem::ActionResult adjust_to_preset_time(const Invocation& invocation);
    cosem::ActionResult preset_adjusting_time(const Invocation& invocation);
    cosem::ActionResult shift_time(const Invocation& invocation);
    cosem::ActionResult execute_script(const Invocation& invocation);
    cosem::ActionResult execute_action(const Invocation& invocation, const axdr::DataView& action);
    cosem::ActionResult push(const Invocation& invocation);
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
    cosem::ActionResult remote_disconnect(const Invocation& invocation);
    cosem::ActionResult remote_reconnect(const Invocation& invocation);
    cosem::ActionResult switch_to(const Invocation& invocation, std::uint8_t control_state);
    void add_captured(axdr::DataBuilder& builder, const Caller& caller,
                      const cosem::CaptureObject& column, Instant now);

    // Current associations
    std::uint8_t association_version(std::uint16_t class_id) const;
    axdr::Data make_object_list(std::size_t association) const;
    axdr::Data make_short_name_list(std::size_t association) const;
    axdr::Data make_access_rights_list(std::size_t association) const;
    xdlms::GetDataResult object_list_part(const Caller& caller,
                                          const cosem::SelectiveAccess& selection);

    DeclaredDevice declared_;
    DeviceSecurity security_;
    MeterState& state_;
    std::unordered_map<cosem::ObisCode, std::size_t, ObisHash> index_;  // no Association SN
    ShortNames names_;                      // empty where no association uses them
    std::vector<axdr::Data> object_lists_;  // by association
    axdr::Data answer_;                     // what the last answer's view looks into
    std::optional<axdr::Data> returned_;    // by the method that was performed last
    ByteBuffer living_octets_;
    std::uint64_t secret_changes_ = 0;
    security::Protection answer_protection_;
    std::vector<Notification> notifications_;
    std::uint8_t nesting_ = 0;  // scripts that execute scripts
};

}  // namespace dlms::simulator
