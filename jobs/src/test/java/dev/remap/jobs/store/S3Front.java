package dev.remap.jobs.store;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands between S3A and an S3 server, passes everything on, and misbehaves where told to. */
public final class S3Front implements AutoCloseable {
  private static final Set<String> OWN_HEADERS =
      Set.of("host", "connection", "content-length", "expect", "transfer-encoding", "date");

  private final HttpServer server;
  private final ExecutorService pool = Executors.newCachedThreadPool();
  private final HttpClient client = HttpClient.newHttpClient();
  private final URI target;
  private final Fault fault;

  /** What goes wrong. */
  public interface Fault {
    /**
     * Sees each request first.
     *
     * @param headers may be changed
     * @return 0 to pass it on, or the status to answer with instead
     */
    int meet(String method, String path, Headers headers);

    /**
     * Sees what the server said, which it has done by then.
     *
     * @return the status to answer with
     */
    default int answer(String method, String path, Headers headers, int status) {
      return status;
    }
  }

  public S3Front(URI target, Fault fault) throws IOException {
    this.target = target;
    this.fault = fault;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(pool);
    server.start();
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    try (exchange) {
      Headers headers = new Headers();
      headers.putAll(exchange.getRequestHeaders());
      String path = exchange.getRequestURI().getPath();
      int status = fault.meet(exchange.getRequestMethod(), path, headers);
      if (status == 0) {
        passOn(exchange, headers, body);
      } else {
        answer(exchange, status, error());
      }
    }
  }

  private void passOn(HttpExchange exchange, Headers given, byte[] body) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target.resolve(exchange.getRequestURI().toString()))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    copy(given, request::header);
    HttpResponse<byte[]> response;
    try {
      response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    Headers headers = exchange.getResponseHeaders();
    response.headers().map().forEach(headers::put);
    OWN_HEADERS.forEach(headers::remove);
    if (exchange.getRequestMethod().equals("HEAD")) {
      response
          .headers()
          .firstValue("content-length")
          .ifPresent(n -> headers.set("Content-Length", n));
    }
    int status =
        fault.answer(
            exchange.getRequestMethod(),
            exchange.getRequestURI().getPath(),
            given,
            response.statusCode());
    if (status == response.statusCode()) {
      answer(exchange, status, response.body());
    } else {
      headers.clear();
      answer(exchange, status, error());
    }
  }

  private interface HeaderSink {
    void accept(String name, String value);
  }

  private static void copy(Headers headers, HeaderSink sink) {
    headers.forEach(
        (name, values) -> {
          if (!OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
            values.forEach(value -> sink.accept(name, value));
          }
        });
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    boolean isEmpty = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, isEmpty ? -1 : body.length);
    if (!isEmpty) {
      exchange.getResponseBody().write(body);
    }
  }

  private static byte[] error() {
    String xml =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error>"
            + "<Code>ConditionalRequestConflict</Code><Message>told to</Message></Error>";
    return xml.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.stop(0);
    pool.shutdownNow();
  }
}
