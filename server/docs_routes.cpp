#include "server/docs_routes.hpp"

#include <memory>
#include <string>
#include <utility>

#include "server/json_openapi.hpp"

#ifdef DLMS_SWAGGER_UI
extern "C" {
extern const char dlms_swagger_ui_js[];
extern const char dlms_swagger_ui_js_end[];
extern const char dlms_swagger_ui_css[];
extern const char dlms_swagger_ui_css_end[];
}
#endif

namespace dlms::service {

namespace {

#ifdef DLMS_SWAGGER_UI

// Relative, so that the page works behind a proxy that adds a path.
constexpr std::string_view page = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>DLMS/COSEM meter service</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
)";

constexpr std::string_view start = R"(window.ui = SwaggerUIBundle({
    url: "openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    tryItOutEnabled: true,
    validatorUrl: null
});
)";

// Styles are set by the page's script, which counts as inline; scripts are files of ours only.
constexpr const char* policy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' "
    "data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

HttpAnswer text_answer(std::string_view text, const char* type) {
    HttpAnswer answer;
    answer.body = text;
    answer.content_type = type;
    answer.headers.emplace_back("Content-Security-Policy", policy);
    return answer;
}

HttpAnswer packed_answer(const HttpRequest& request, const char* begin, const char* end,
                         const char* type) {
    constexpr const char* tag = "\"swagger-ui-" DLMS_SWAGGER_UI "\"";
    const auto accepted = request.header("Accept-Encoding");
    if (!accepted || accepted->find("gzip") == std::string_view::npos) {
        return error_answer(406, "This file is there with gzip only: send Accept-Encoding: gzip");
    }
    HttpAnswer answer;
    if (request.header("If-None-Match") == tag) {
        answer.status = 304;
    } else {
        answer = text_answer({begin, static_cast<std::size_t>(end - begin)}, type);
        answer.headers.emplace_back("Content-Encoding", "gzip");
    }
    answer.headers.emplace_back("ETag", tag);
    answer.headers.emplace_back("Cache-Control", "public, max-age=86400");
    answer.headers.emplace_back("Vary", "Accept-Encoding");
    return answer;
}

HttpAnswer page_answer() {
    return text_answer(page, "text/html; charset=utf-8");
}

HttpAnswer file_answer(const HttpRequest& request) {
    const std::string_view file = request.path_parameter("file").value_or("");
    if (file == "start.js") {
        return text_answer(start, "text/javascript; charset=utf-8");
    }
    if (file == "swagger-ui-bundle.js") {
        return packed_answer(request, dlms_swagger_ui_js, dlms_swagger_ui_js_end,
                             "text/javascript; charset=utf-8");
    }
    if (file == "swagger-ui.css") {
        return packed_answer(request, dlms_swagger_ui_css, dlms_swagger_ui_css_end,
                             "text/css; charset=utf-8");
    }
    return error_answer(404, "Not Found");
}

#else

HttpAnswer page_answer() {
    return error_answer(
        404, "This build has no page: scripts/fetch_swagger_ui.sh brings what it is made of");
}

HttpAnswer file_answer(const HttpRequest&) {
    return page_answer();
}

#endif

}  // namespace

std::vector<HttpRoute> docs_routes() {
    const auto document = std::make_shared<const std::string>(openapi_document());
    return {
        {"GET", "/openapi.json",
         [document](const HttpRequest&, Responder responder) {
             HttpAnswer answer;
             answer.body = *document;
             responder.answer(std::move(answer));
         }},
        {"GET", "/docs",
         [](const HttpRequest&, Responder responder) { responder.answer(page_answer()); }},
        {"GET", "/docs/:file",
         [](const HttpRequest& request, Responder responder) {
             responder.answer(file_answer(request));
         }},
    };
}

}  // namespace dlms::service
