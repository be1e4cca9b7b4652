#pragma once
// ClassBehaviour: what the objects of an interface class do beside holding values: their methods,
// attributes that follow from others, what they do at a time, and what they do when another
// object's value changes. One file a class; docs/simulator.md says what each one does.
//
// Time is the instant that is handed in; nothing here reads a clock of its own.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "simulator/meter_object.hpp"
#include "stack/axdr/data_builder.hpp"
#include "stack/base/time.hpp"
#include "stack/cosem/action_result.hpp"

namespace dlms::simulator {

class LogicalDevice;
struct Caller;

/// What an object keeps beside its attributes.
struct ObjectState {
    virtual ~ObjectState() = default;
};

/// An object of a device at a moment.
class OwnObject {
public:
    OwnObject(LogicalDevice& owner, std::size_t place, Instant moment)
        : device(owner), index(place), now(moment) {}

    LogicalDevice& device;
    std::size_t index;
    Instant now;

    const MeterObject& declared() const;
    /// A stored attribute, null-data for any other. Valid until the attribute changes.
    axdr::DataView stored(std::int8_t id) const;
    /// The same as a number.
    std::uint64_t number(std::int8_t id, std::uint64_t otherwise = 0) const;
    std::int64_t signed_number(std::int8_t id, std::int64_t otherwise = 0) const;
    bool is_true(std::int8_t id) const;
    /// The object changes a stored attribute of its own; nothing happens where there is none.
    void store(std::int8_t id, axdr::Data value) const;
    /// The same with a number in the attribute's own type; one that does not fit is clamped.
    void store_number(std::int8_t id, std::int64_t value) const;

    /// What the object keeps; made when it is first asked for.
    template <class State>
    State& state() const {
        std::unique_ptr<ObjectState>& kept = slot();
        if (!kept) {
            kept = std::make_unique<State>();
        }
        return static_cast<State&>(*kept);
    }
    /// The same where it is there.
    template <class State>
    State* find_state() const {
        return static_cast<State*>(slot().get());
    }
    void forget_state() const { slot().reset(); }

private:
    std::unique_ptr<ObjectState>& slot() const;
};

/// A call of a method.
struct MethodCall {
    axdr::DataView parameter;
    const Caller& caller;
    /// Where return parameters go.
    std::optional<axdr::Data>& returned;
};

struct MethodBehaviour {
    std::int8_t id;
    /// The parameter's type; without one the method looks itself.
    std::optional<axdr::Tag> parameter;
    cosem::ActionResult (*perform)(const OwnObject& object, const MethodCall& call);
};

class ClassBehaviour {
public:
    virtual ~ClassBehaviour() = default;

    virtual std::span<const MethodBehaviour> methods() const { return {}; }
    /// An attribute that follows from the object's state, in the place of the declared value.
    virtual std::optional<axdr::Data> compute(const OwnObject&, std::int8_t) const {
        return std::nullopt;
    }
    /// Whether a value of the right type may be written.
    virtual cosem::DataAccessResult judge(const OwnObject&, std::int8_t,
                                          const axdr::DataView&) const {
        return cosem::DataAccessResult::success;
    }
    /// An attribute was written, by a client or by the meter.
    virtual void written(const OwnObject&, std::int8_t) const {}

    /// Whether an object does something by itself.
    virtual bool is_active(const MeterObject&) const { return false; }
    /// The meter starts, or has power again.
    virtual void start(const OwnObject&) const {}
    /// The meter is without power: what it does not keep is gone.
    virtual void power_lost(const OwnObject&) const {}
    /// The clock has jumped: from `before` on the object lives by another time.
    virtual void clock_changed(const OwnObject&) const {}
    /// When run() is to be called next; asked again after run() and after every change of the
    /// object and of the clock.
    virtual std::optional<Instant> next_due(const OwnObject&) const { return std::nullopt; }
    virtual void run(const OwnObject&) const {}

    /// Whether observed() is to be called.
    virtual bool observes(const MeterObject&) const { return false; }
    /// An attribute of another object, or of this one, has a new value.
    virtual void observed(const OwnObject&, std::size_t, std::int8_t) const {}
};

/// Null for a class that only holds values.
const ClassBehaviour* class_behaviour(std::uint16_t class_id);

/// A Data built in place. What it is filled with is well-formed.
template <class Fill>
axdr::Data make_data(Fill&& fill) {
    axdr::DataBuilder builder;
    fill(builder);
    return builder.finish().value_or(axdr::Data());
}

/// An array of the elements that stay or come.
axdr::Data make_array(const std::vector<axdr::Data>& elements);
std::vector<axdr::Data> elements_of(const axdr::DataView& array);

/// The logical name in an octet-string of six.
std::optional<cosem::ObisCode> obis_of(const axdr::DataView& data);
/// Members of a structure; null-data, 0 or nothing for one that is not there.
axdr::DataView member(const axdr::DataView& structure, std::size_t index);
std::uint64_t member_number(const axdr::DataView& structure, std::size_t index);

}  // namespace dlms::simulator
