#include "server/http_front.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include <httplib.h>

namespace dlms::service {

namespace {

constexpr std::array<std::string_view, 7> known_methods{"GET",    "HEAD",    "POST", "PUT",
                                                        "DELETE", "OPTIONS", "PATCH"};

// A request on its way through a worker.
struct Errand {
    FramedRequest framed;
    std::string request_id;
    std::string remote_address;
    Responder responder;
};

// The octets of one whole request, as httplib wants to read them. What httplib writes is dropped:
// answers go out through the responder, in one form whoever made them.
class RequestStream : public httplib::Stream {
public:
    explicit RequestStream(std::string_view octets) : octets_(octets) {}

    bool is_readable() const override { return true; }
    bool is_writable() const override { return true; }
    ssize_t read(char* target, size_t size) override {
        const std::size_t count = std::min(size, octets_.size());
        std::memcpy(target, octets_.data(), count);
        octets_.remove_prefix(count);
        return static_cast<ssize_t>(count);
    }
    ssize_t write(const char*, size_t size) override { return static_cast<ssize_t>(size); }
    void get_remote_ip_and_port(std::string&, int&) const override {}
    void get_local_ip_and_port(std::string&, int&) const override {}
    socket_t socket() const override { return INVALID_SOCKET; }

private:
    std::string_view octets_;
};

// Takes the lines of a field out of the head. httplib would refuse a Range that it does not like,
// and ranges are not offered, so the field means nothing here (RFC 9110 section 14.2).
void drop_field(FramedRequest& request, std::string_view name) {
    constexpr std::string_view line_end = "\r\n";
    std::size_t begin = request.octets.find(line_end) + line_end.size();
    while (begin < request.head_size) {
        const std::size_t end = request.octets.find(line_end, begin) + line_end.size();
        const std::string_view line = std::string_view(request.octets).substr(begin, end - begin);
        if (equal_ignoring_case(line.substr(0, line.find(':')), name)) {
            request.octets.erase(begin, end - begin);
            request.head_size -= end - begin;
        } else {
            begin = end;
        }
    }
}

// A path without parameters is a regular expression to httplib; every character must stand for
// itself.
std::string literal_pattern(const std::string& pattern) {
    if (pattern.find("/:") != std::string::npos) {
        return pattern;
    }
    std::string escaped;
    for (const char character : pattern) {
        if (std::string_view(R"(.*+?^$()[]{}|\)").find(character) != std::string_view::npos) {
            escaped += '\\';
        }
        escaped += character;
    }
    return escaped;
}

// httplib's parser and router for one worker: it handles one request at a time, so the request can
// be a member.
class Router : public httplib::Server {
public:
    Router(const std::vector<HttpRoute>& routes, const HttpHooks& hooks)
        : routes_(routes), hooks_(hooks) {
        std::map<std::string, Handlers> by_pattern;
        for (const HttpRoute& route : routes) {
            by_pattern[route.pattern][route.method] = &route;
        }
        // The first that matches counts: what is named goes before what a parameter may be.
        for (const bool has_parameter : {false, true}) {
            for (const auto& [pattern, handlers] : by_pattern) {
                if ((pattern.find("/:") != std::string::npos) == has_parameter) {
                    add_pattern(pattern, handlers);
                }
            }
        }
        set_pre_routing_handler(
            [this](const httplib::Request& request, httplib::Response& response) {
                return admit(request, response);
            });
        set_error_handler([this](const httplib::Request&, httplib::Response& response) {
            status_ = response.status;
            return HandlerResponse::Unhandled;
        });
        set_exception_handler([](const httplib::Request&, httplib::Response& response,
                                 std::exception_ptr) { response.status = 500; });
    }

    // Answers, or leaves the responder with a handler that will.
    void run(Errand errand) {
        if (std::ranges::find(known_methods, errand.framed.method) == known_methods.end()) {
            errand.responder.answer(error_answer(405, "Method Not Allowed"));
            return;
        }
        errand_ = &errand;
        status_ = 404;
        is_routing_ = false;
        if (errand.framed.header("Range")) {
            drop_field(errand.framed, "Range");
        }
        RequestStream stream(errand.framed.octets);
        bool closed = false;
        process_request(stream, errand.remote_address, 0, {}, 0, true, closed, nullptr);
        errand_ = nullptr;
        if (errand.responder.is_open()) {
            const int status = is_routing_ && status_ < 500 ? 404 : std::max(status_, 400);
            errand.responder.answer(error_answer(status, reason_phrase(status)));
        }
    }

private:
    using Handlers = std::map<std::string, const HttpRoute*>;

    void add_pattern(const std::string& pattern, const Handlers& handlers) {
        std::string allowed;
        for (const auto& [method, handler] : handlers) {
            allowed += (allowed.empty() ? "" : ", ") + method;
        }
        const std::string path = literal_pattern(pattern);
        for (const std::string_view method : known_methods) {
            const auto found = handlers.find(std::string(method));
            if (found != handlers.end()) {
                add_method(path, method,
                           [this, route = found->second](const httplib::Request& request) {
                               call(*route, request);
                           });
            } else if (method != "HEAD") {
                add_method(path, method, [this, allowed](const httplib::Request&) {
                    HttpAnswer answer = error_answer(405, "Method Not Allowed");
                    answer.headers.emplace_back("Allow", allowed);
                    errand_->responder.answer(std::move(answer));
                });
            }
        }
    }

    // Handlers "with content reader" where a body may come: httplib then leaves the body alone,
    // whatever its type.
    void add_method(const std::string& path, std::string_view method,
                    const std::function<void(const httplib::Request&)>& work) {
        const Handler plain = [work](const httplib::Request& request, httplib::Response&) {
            work(request);
        };
        const HandlerWithContentReader with_reader =
            [work](const httplib::Request& request, httplib::Response&,
                   const httplib::ContentReader&) { work(request); };
        if (method == "GET") {
            Get(path, plain);
        } else if (method == "POST") {
            Post(path, with_reader);
        } else if (method == "PUT") {
            Put(path, with_reader);
        } else if (method == "PATCH") {
            Patch(path, with_reader);
        } else if (method == "DELETE") {
            Delete(path, plain);
            Delete(path, with_reader);
        } else if (method == "OPTIONS") {
            Options(path, plain);
        }
    }

    HandlerResponse admit(const httplib::Request& parsed, httplib::Response&) {
        is_routing_ = true;
        request_ = HttpRequest{};
        request_.method = parsed.method;
        request_.path = parsed.path;
        request_.headers = std::move(errand_->framed.headers);
        request_.request_id = errand_->request_id;
        request_.remote_address = errand_->remote_address;
        for (const auto& [name, value] : parsed.params) {
            request_.query.emplace_back(name, value);
        }
        if (hooks_.answer_headers) {
            errand_->responder.add_headers(hooks_.answer_headers(request_));
        }
        if (hooks_.admit) {
            if (auto answer = hooks_.admit(request_)) {
                errand_->responder.origin().key_id = request_.key_id;
                errand_->responder.answer(std::move(*answer));
                return HandlerResponse::Handled;
            }
        }
        errand_->responder.origin().key_id = request_.key_id;
        return HandlerResponse::Unhandled;
    }

    void call(const HttpRoute& route, const httplib::Request& parsed) {
        for (const auto& [name, value] : parsed.path_params) {
            request_.path_parameters.emplace_back(name, value);
        }
        errand_->responder.origin().route = route.pattern;
        if (hooks_.authorize) {
            const auto index = static_cast<std::size_t>(&route - routes_.data());
            if (auto answer = hooks_.authorize(request_, index)) {
                errand_->responder.answer(std::move(*answer));
                return;
            }
        }
        request_.body = errand_->framed.body();
        route.handler(request_, std::move(errand_->responder));
    }

    const std::vector<HttpRoute>& routes_;
    const HttpHooks& hooks_;
    Errand* errand_ = nullptr;
    HttpRequest request_;
    int status_ = 404;
    bool is_routing_ = false;
};

}  // namespace

// A bounded queue of whole requests and the threads that route them.
class HttpFront::Workers {
public:
    Workers(std::size_t threads, std::size_t capacity, std::vector<HttpRoute> routes,
            HttpHooks hooks)
        : capacity_(capacity), routes_(std::move(routes)), hooks_(std::move(hooks)) {
        // All made before the first thread runs: std::regex is not safe to make on several threads
        // at once, since they fill one cache of the locale.
        for (std::size_t count = 0; count < threads; ++count) {
            routers_.push_back(std::make_unique<Router>(routes_, hooks_));
        }
        for (const auto& router : routers_) {
            threads_.emplace_back([this, &router = *router] { work(router); });
        }
    }

    ~Workers() {
        {
            const std::scoped_lock lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_all();
        threads_.clear();
    }

    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    bool hand_over(FramedRequest& framed, const std::string& request_id, const std::string& remote,
                   std::shared_ptr<AnswerSink> sink) {
        {
            const std::scoped_lock lock(mutex_);
            if (queue_.size() >= capacity_) {
                return false;
            }
            queue_.push_back(
                Errand{std::move(framed), request_id, remote, Responder(std::move(sink))});
        }
        wake_.notify_one();
        return true;
    }

    std::size_t queued() {
        const std::scoped_lock lock(mutex_);
        return queue_.size();
    }

private:
    void work(Router& router) {
        while (auto errand = next()) {
            try {
                router.run(std::move(*errand));
            } catch (const std::exception&) {
                // Lack of memory: the responder has answered 500 as it was destroyed.
            }
        }
    }

    std::optional<Errand> next() {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (stopping_) {
            return std::nullopt;
        }
        std::optional<Errand> errand(std::move(queue_.front()));
        queue_.pop_front();
        return errand;
    }

    std::size_t capacity_;
    std::vector<HttpRoute> routes_;
    HttpHooks hooks_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Errand> queue_;
    bool stopping_ = false;
    std::vector<std::unique_ptr<Router>> routers_;
    std::vector<std::jthread> threads_;
};

HttpFront::HttpFront(asio::io_context& io, HttpFrontSettings settings,
                     std::vector<HttpRoute> routes, HttpHooks hooks)
    : share_(std::make_shared<HttpConnectionShare>()) {
    share_->limits = settings.limits;
    share_->deadlines = settings.deadlines;
    share_->most_buffered = settings.most_buffered;
    share_->access = hooks.access;
    share_->gate = std::make_shared<HttpConnectionShare::Gate>(io.get_executor());
    workers_ = std::make_unique<Workers>(std::max<std::size_t>(settings.workers, 1), settings.queue,
                                         std::move(routes), std::move(hooks));
    share_->hand_over = [workers = workers_.get()](
                            FramedRequest& framed, const std::string& request_id,
                            const std::string& remote, std::shared_ptr<AnswerSink> sink) {
        return workers->hand_over(framed, request_id, remote, std::move(sink));
    };
    listener_ = std::make_unique<HttpListener>(io, share_, settings.most_connections);
}

HttpFront::~HttpFront() {
    share_->gate->close();
    // Connections that live some turns longer must not reach the workers.
    share_->hand_over = [](FramedRequest&, const std::string&, const std::string&,
                           std::shared_ptr<AnswerSink>) { return false; };
    listener_.reset();
    workers_.reset();
}

std::size_t HttpFront::queued() const {
    return workers_->queued();
}

std::error_code HttpFront::start(const std::string& address, std::uint16_t port) {
    return listener_->start(address, port);
}

}  // namespace dlms::service
