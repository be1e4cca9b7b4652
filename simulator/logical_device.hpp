#pragma once
// LogicalDevice: the objects behind one server SAP of a simulated meter, and what each client may
// do with them. One for all connections.

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "simulator/load_model.hpp"
#include "simulator/meter_clock.hpp"
#include "simulator/scenario.hpp"
#include "stack/axdr/data_builder.hpp"
#include "stack/xdlms/get.hpp"

namespace dlms::simulator {

/// What all logical devices of a meter share.
struct MeterState {
    LoadModel load;
    MeterClock clock;
    Instant start;
    /// Structures of SAP and logical device name, one a logical device.
    axdr::Data sap_assignment_list;

    void advance(Instant now);
};

/// Who asks.
struct Caller {
    /// Of associations().
    std::size_t association = 0;
    xdlms::Conformance conformance;
    std::uint16_t client_max_receive_pdu_size = 0;
};

class LogicalDevice {
public:
    /// `state` must outlive the device.
    LogicalDevice(DeclaredDevice declared, MeterState& state);
    LogicalDevice(const LogicalDevice&) = delete;
    LogicalDevice& operator=(const LogicalDevice&) = delete;

    ServerSap sap() const { return declared_.sap; }
    const std::string& name() const { return declared_.name; }
    const std::vector<DeclaredAssociation>& associations() const { return declared_.associations; }

    /// The answer to a GET; a view in it is valid until the next call of get() or set().
    xdlms::GetDataResult get(const Caller& caller, const cosem::AttributeDescriptor& attribute,
                             bool selective, Instant now);
    /// Writes an attribute, or says why not and leaves it as it was.
    cosem::DataAccessResult set(const Caller& caller, const cosem::AttributeDescriptor& attribute,
                                bool selective, const axdr::DataView& value, Instant now);

    /// A stored attribute of the first object of a class, or null. Valid as long as the device.
    const StoredValue* stored_value(std::uint16_t class_id, std::int8_t attribute_id) const;

private:
    struct ObisHash {
        std::size_t operator()(const cosem::ObisCode& code) const;
    };

    std::expected<MeterObject*, cosem::DataAccessResult> find(const Caller& caller,
                                                              std::uint16_t class_id,
                                                              const cosem::ObisCode& instance);
    bool is_visible(std::size_t association, const cosem::ObisCode& instance) const;
    bool is_writable(const Caller& caller, const Attribute& attribute) const;
    xdlms::GetDataResult get_all(const Caller& caller, MeterObject& object, Instant now);
    axdr::DataView value_of(const Caller& caller, const Attribute& attribute, Instant now);
    axdr::DataView living(const LivingValue& value, Instant now);
    axdr::DataView computed(const Caller& caller, ComputedValue value, Instant now);
    axdr::DataView built(axdr::DataBuilder& builder);
    cosem::DataAccessResult set_stored(StoredValue& stored, const axdr::DataView& value);
    cosem::DataAccessResult set_computed(ComputedValue which, const axdr::DataView& value,
                                         Instant now);
    axdr::Data make_object_list(std::size_t association) const;

    DeclaredDevice declared_;
    MeterState& state_;
    std::unordered_map<cosem::ObisCode, std::size_t, ObisHash> index_;
    std::vector<axdr::Data> object_lists_;  // by association
    axdr::Data answer_;                     // what the last answer's view looks into
    ByteBuffer living_octets_;
};

}  // namespace dlms::simulator
