#include "cli/object_rights.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "stack/cosem/interface_class.hpp"

namespace dlms::cli {
namespace {

using axdr::DataView;

constexpr std::uint16_t association_sn = 12;
constexpr std::uint16_t association_ln = 15;
// From these versions on rights are bits, before numbers.
constexpr std::uint8_t first_ln_with_bits = 3;
constexpr std::uint8_t first_sn_with_bits = 4;
constexpr std::uint64_t highest_number = 6;
constexpr ProtectionBits authenticated_request = 0x04;

/// A member of an entry as a number; nothing for another type, or one that is too large.
std::optional<std::uint64_t> number(const DataView& entry, std::size_t place, std::uint64_t most) {
    const Result<DataView> member = entry.element(place);
    if (!member) {
        return std::nullopt;
    }
    if (const auto flag = member->boolean()) {  // methods of the Association LN, version 0
        return *flag ? 1 : 0;
    }
    const auto value = member->unsigned_integer();
    return value && *value <= most ? std::optional(*value) : std::nullopt;
}

std::optional<std::int8_t> index(const DataView& entry) {
    const Result<DataView> member = entry.element(0);
    const auto value =
        member ? member->signed_integer() : fail(ErrorCode::type_mismatch, Layer::cosem);
    return value && *value >= INT8_MIN && *value <= INT8_MAX
               ? std::optional(static_cast<std::int8_t>(*value))
               : std::nullopt;
}

/// The three members that both kinds of lists have in one order.
std::optional<ListedObject> object_of(const DataView& entry, std::size_t place) {
    const auto class_id = number(entry, place, UINT16_MAX);
    const auto version = number(entry, place + 1, UINT8_MAX);
    const auto name = entry.element(place + 2);
    const auto code = name ? name->octets() : fail(ErrorCode::type_mismatch, Layer::cosem);
    if (!class_id || !version || !code || code->size() != 6) {
        return std::nullopt;
    }
    const ByteView octets = *code;
    ListedObject object;
    object.class_id = static_cast<std::uint16_t>(*class_id);
    object.version = static_cast<std::uint8_t>(*version);
    object.instance =
        cosem::ObisCode(octets[0], octets[1], octets[2], octets[3], octets[4], octets[5]);
    return object;
}

/// Nothing of another form.
std::optional<std::uint16_t> base_name_of(const DataView& entry) {
    const Result<DataView> member = entry.element(0);
    const auto value =
        member ? member->signed_integer() : fail(ErrorCode::type_mismatch, Layer::cosem);
    return value && *value >= INT16_MIN && *value <= UINT16_MAX
               ? std::optional(static_cast<std::uint16_t>(*value))
               : std::nullopt;
}

enum class RightsForm : std::uint8_t { numbers, bits };

template <class Listed>
void sort_once(std::vector<Listed>& listed) {
    std::ranges::stable_sort(listed, {}, &Listed::id);
    const auto [first, last] = std::ranges::unique(listed, {}, &Listed::id);
    listed.erase(first, last);
}

/// The entries of an access descriptor that are of its form, each to `take` as index and mode.
template <class Listed, class Take>
void read_rights(const DataView& rights, std::vector<Listed>& listed, Take take) {
    const auto entries = rights.elements();
    if (!entries) {
        return;
    }
    for (const DataView& entry : *entries) {
        const auto id = index(entry);
        const auto mode = number(entry, 1, UINT8_MAX);
        if (id && mode) {
            take(*id, *mode);
        }
    }
    sort_once(listed);
}

/// The bits of a mode that ask for protection.
ProtectionBits protection_in(std::uint64_t mode) {
    return static_cast<ProtectionBits>(mode & ~std::uint64_t{3});
}

void read_attribute_rights(const DataView& rights, RightsForm form, ListedObject& object) {
    read_rights(rights, object.attributes, [&](std::int8_t id, std::uint64_t mode) {
        if (id == 0 || id == 1) {
            return;
        }
        const bool is_number = form == RightsForm::numbers && mode <= highest_number;
        const bool is_authenticated = is_number && mode > 3;
        const std::uint64_t access = is_authenticated ? mode - 3 : mode;
        ListedAttribute attribute;
        attribute.id = id;
        attribute.readable = (access & 1) != 0;
        attribute.writable = (access & 2) != 0;
        attribute.protection = is_authenticated ? authenticated_request
                               : is_number      ? ProtectionBits{0}
                                                : protection_in(mode);
        object.attributes.push_back(attribute);
    });
}

void read_method_rights(const DataView& rights, RightsForm form, ListedObject& object) {
    read_rights(rights, object.methods, [&](std::int8_t id, std::uint64_t mode) {
        const bool is_number = form == RightsForm::numbers && mode <= 2;
        ListedMethod method;
        method.id = id;
        method.callable = is_number ? mode != 0 : (mode & 1) != 0;
        method.protection = is_number ? (mode == 2 ? authenticated_request : ProtectionBits{0})
                                      : protection_in(mode);
        object.methods.push_back(method);
    });
}

/// What can be asked of an object whose rights are not told.
void take_attributes_of_class(ListedObject& object) {
    const cosem::InterfaceClass* row = cosem::find_class(object.class_id, object.version);
    row = row ? row : cosem::find_class(object.class_id);
    if (!row || row->attributes.empty()) {
        object.attributes.push_back({.id = 2, .readable = true});
        return;
    }
    for (const cosem::ClassAttribute& attribute : row->attributes) {
        object.attributes.push_back({.id = attribute.id, .readable = true});
    }
}

/// How the association of the meter writes rights, by the version that the list has of it.
RightsForm form_of(const DataView& list, std::size_t place, std::uint16_t class_id,
                   std::uint8_t first_with_bits) {
    constexpr cosem::ObisCode current(0, 0, 40, 0, 0, 255);
    const auto entries = list.elements();
    std::optional<std::uint8_t> version;
    if (entries) {
        for (const DataView& entry : *entries) {
            const auto object = object_of(entry, place);
            if (object && object->class_id == class_id &&
                (!version || object->instance == current)) {
                version = object->version;
            }
        }
    }
    return version && *version >= first_with_bits ? RightsForm::bits : RightsForm::numbers;
}

/// Adds an object that is not there yet.
class Collector {
public:
    void take(ListedObject object, bool has_rights) {
        if (!seen_.insert({object.class_id, object.instance}).second) {
            return;
        }
        if (!has_rights) {
            ++list_.without_rights;
            take_attributes_of_class(object);
        }
        list_.objects.push_back(std::move(object));
    }
    void leave_out() { ++list_.unreadable; }
    ObjectList release() { return std::move(list_); }

private:
    std::set<std::pair<std::uint16_t, cosem::ObisCode>> seen_;
    ObjectList list_;
};

}  // namespace

ObjectList read_ln_object_list(const DataView& object_list) {
    Collector collector;
    const auto entries = object_list.elements();
    if (!entries) {
        collector.leave_out();
        return collector.release();
    }
    const RightsForm form = form_of(object_list, 0, association_ln, first_ln_with_bits);
    for (const DataView& entry : *entries) {
        std::optional<ListedObject> object = object_of(entry, 0);
        if (!object) {
            collector.leave_out();
            continue;
        }
        const auto rights = entry.element(3);
        const auto attributes = rights ? rights->element(0) : rights;
        const auto methods = rights ? rights->element(1) : rights;
        if (attributes) {
            read_attribute_rights(*attributes, form, *object);
        }
        if (methods) {
            read_method_rights(*methods, form, *object);
        }
        collector.take(*std::move(object), attributes.has_value());
    }
    return collector.release();
}

ObjectList read_sn_object_list(const DataView& object_list, const DataView& access_rights_list) {
    Collector collector;
    const auto entries = object_list.elements();
    if (!entries) {
        collector.leave_out();
        return collector.release();
    }
    const RightsForm form = form_of(object_list, 1, association_sn, first_sn_with_bits);
    std::map<std::uint16_t, DataView> rights;
    if (const auto told = access_rights_list.elements()) {
        for (const DataView& entry : *told) {
            if (const auto base_name = base_name_of(entry)) {
                rights.emplace(*base_name, entry);
            }
        }
    }
    for (const DataView& entry : *entries) {
        std::optional<ListedObject> object = object_of(entry, 1);
        const auto base_name = base_name_of(entry);
        if (!object || !base_name) {
            collector.leave_out();
            continue;
        }
        object->base_name = *base_name;
        const auto found = rights.find(*base_name);
        if (found != rights.end()) {
            const DataView none;
            read_attribute_rights(found->second.element(1).value_or(none), form, *object);
            read_method_rights(found->second.element(2).value_or(none), form, *object);
        }
        collector.take(*std::move(object), found != rights.end());
    }
    return collector.release();
}

}  // namespace dlms::cli
