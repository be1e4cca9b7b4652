#include "server/api_routes.hpp"

#include <algorithm>
#include <array>

namespace dlms::service {

namespace {

// In the order of the document.
// clang-format off: a route is three lines
constexpr std::array table{
    ApiRoute{"GET", "/", Scope::read, "service", "root",
             "Which service this is",
             "", "Service", {200}},
    ApiRoute{"GET", "/health", Scope::read, "service", "health",
             "Whether the service runs, in the form of the older service",
             "", "Health", {200}, false},
    ApiRoute{"GET", "/health/live", Scope::read, "service", "live",
             "Whether the process turns; asks nothing else",
             "", "HealthState", {200}, false},
    ApiRoute{"GET", "/health/ready", Scope::read, "service", "ready",
             "Whether calls are taken: not while it starts or drains",
             "", "HealthState", {200, 503}, false},
    ApiRoute{"GET", "/metrics", Scope::read, "service", "metrics",
             "Metrics for Prometheus",
             "", "", {200}, true, "text/plain"},
    ApiRoute{"GET", "/openapi.json", Scope::read, "service", "openapi",
             "This document",
             "", "Document", {200}, false},
    ApiRoute{"GET", "/docs", Scope::read, "service", "docs",
             "A page to try the interface",
             "", "", {200}, false, "text/html"},
    ApiRoute{"GET", "/docs/:file", Scope::read, "service", "docsFile",
             "Scripts and styles of the page",
             "", "", {200, 404}, false, "*/*"},
    ApiRoute{"GET", "/connections", Scope::read, "meters", "connections",
             "The meters that callers have named",
             "", "Connections", {200}},
    ApiRoute{"POST", "/connect", Scope::read, "meters", "connect",
             "Say how to reach a meter, and associate with it",
             "ConnectRequest", "ConnectAnswer", {200, 400, 403, 409, 422, 502, 504}},
    ApiRoute{"POST", "/disconnect", Scope::read, "meters", "disconnect",
             "Release the association, and forget the meter",
             "", "DisconnectAnswer", {200, 400, 422}},
    ApiRoute{"POST", "/read", Scope::read, "meters", "read",
             "Read an attribute",
             "ReadRequest", "ReadAnswer", {200, 400, 422}},
    ApiRoute{"POST", "/read-multiple", Scope::read, "meters", "readMultiple",
             "Read several attributes, each with its own outcome",
             "ReadMultipleRequest", "ReadMultipleAnswer", {200, 400, 422}},
    ApiRoute{"POST", "/write", Scope::write, "meters", "write",
             "Write an attribute; never sent twice",
             "WriteRequest", "WriteAnswer", {200, 400, 422}},
    ApiRoute{"GET", "/dial-in", Scope::read, "meters", "dialIn",
             "The connections that meters have made, with those that are held",
             "", "DialIn", {200, 422}},
    ApiRoute{"GET", "/notifications", Scope::read, "meters", "notifications",
             "What meters have sent by themselves",
             "", "Notifications", {200, 422}},
    ApiRoute{"GET", "/notifications/dead-letters", Scope::read, "meters", "deadLetters",
             "Notifications that the webhook has refused",
             "", "DeadLetters", {200, 422}},
    ApiRoute{"POST", "/notifications/dead-letters/retry", Scope::admin, "meters", "retryDeadLetters",
             "Post them to the webhook again",
             "", "Report", {200}},
    ApiRoute{"GET", "/notifications/events", Scope::read, "meters", "notificationEvents",
             "The same as server-sent events, as they come",
             "", "", {200, 422}, true, "text/event-stream"},
    ApiRoute{"POST", "/decode", Scope::read, "tools", "decode",
             "Decode a frame or an APDU",
             "DecodeRequest", "DecodeAnswer", {200, 422}},
    ApiRoute{"GET", "/meters/:meter_number/keys", Scope::admin, "keys", "listKeys",
             "The history of a meter's secrets, and none of them",
             "", "KeysAnswer", {200}},
    ApiRoute{"POST", "/meters/:meter_number/keys", Scope::admin, "keys", "changeKeys",
             "Rotate, transfer or keep secrets",
             "KeysRequest", "KeysAnswer", {200, 400, 404, 422, 502, 504}},
    ApiRoute{"POST", "/load-profile", Scope::read, "meters", "loadProfile",
             "Read a load profile; CSV with Accept: text/csv",
             "LoadProfileRequest", "Report", {200, 400, 422}},
    ApiRoute{"GET", "/meters", Scope::read, "registry", "listMeters",
             "The registered meters",
             "", "Report", {200, 422}},
    ApiRoute{"POST", "/meters", Scope::admin, "registry", "registerMeter",
             "Register a meter",
             "MeterRequest", "Report", {201, 400, 409, 422}},
    ApiRoute{"POST", "/meters/import", Scope::admin, "registry", "importMeters",
             "Register many meters, from JSON or CSV",
             "", "Report", {200, 400, 422}},
    ApiRoute{"GET", "/meters/export", Scope::admin, "registry", "exportMeters",
             "All registered meters, as JSON or CSV",
             "", "Report", {200, 422}},
    ApiRoute{"GET", "/meters/:meter_number", Scope::read, "registry", "getMeter",
             "A registered meter, without its secrets",
             "", "Report", {200, 404}},
    ApiRoute{"PUT", "/meters/:meter_number", Scope::admin, "registry", "putMeter",
             "Register a meter, or change what is registered",
             "MeterRequest", "Report", {200, 201, 400, 422}},
    ApiRoute{"DELETE", "/meters/:meter_number", Scope::admin, "registry", "deleteMeter",
             "Forget a registered meter",
             "", "Report", {200, 404}},
    ApiRoute{"GET", "/meters/:meter_number/objects", Scope::read, "meter", "listObjects",
             "The objects of the association, with access rights",
             "", "Report", {200, 400, 404, 422, 502, 504}},
    ApiRoute{"POST", "/meters/:meter_number/actions", Scope::control, "meter", "invoke",
             "Invoke a method; never sent twice",
             "ActionRequest", "Report", {200, 400, 404, 422, 502, 504}},
    ApiRoute{"GET", "/meters/:meter_number/clock", Scope::read, "meter", "readClock",
             "The clock, and its drift against the service",
             "", "Report", {200, 400, 404, 422, 502, 504}},
    ApiRoute{"POST", "/meters/:meter_number/clock", Scope::write, "meter", "setClock",
             "Set the clock, or synchronise it",
             "ClockRequest", "Report", {200, 400, 404, 422, 502, 504}},
    ApiRoute{"GET", "/meters/:meter_number/relay", Scope::read, "meter", "readRelay",
             "The state of the relay",
             "", "Report", {200, 400, 404, 422, 502, 504}},
    ApiRoute{"POST", "/meters/:meter_number/relay", Scope::control, "meter", "switchRelay",
             "Disconnect or reconnect, confirmed by reading back",
             "RelayRequest", "Report", {200, 400, 404, 422, 502, 504}},
    ApiRoute{"POST", "/meters/:meter_number/token", Scope::control, "meter", "enterToken",
             "Enter a prepayment token, with the meter's verdict",
             "TokenRequest", "Report", {200, 400, 404, 422, 502, 504}},
    ApiRoute{"GET", "/meters/:meter_number/events", Scope::read, "meter", "listEvents",
             "Event logs as rows",
             "", "Report", {200, 400, 404, 422, 502, 504}},
    ApiRoute{"GET", "/meters/:meter_number/certificates", Scope::admin, "keys", "listCertificates",
             "The certificates in a meter's security setup",
             "", "Report", {200, 400, 404, 422, 502, 504}},
    ApiRoute{"POST", "/meters/:meter_number/certificates", Scope::admin, "keys", "changeCertificates",
             "Draw key pairs; request, import, export, remove certificates",
             "CertificatesRequest", "Report", {200, 400, 404, 422, 502, 504}},
};
// clang-format on

}  // namespace

std::span<const ApiRoute> api_routes() {
    return table;
}

const ApiRoute* find_api_route(std::string_view method, std::string_view pattern) {
    const auto* found = std::ranges::find_if(table, [&](const ApiRoute& route) {
        return route.method == method && route.pattern == pattern;
    });
    return found == table.end() ? nullptr : found;
}

Scope scope_of_route(std::string_view method, std::string_view pattern) {
    const ApiRoute* route = find_api_route(method, pattern);
    return route == nullptr ? Scope::admin : route->scope;
}

}  // namespace dlms::service
