package dev.remap.jobs.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.remap.core.image.ImageException;
import dev.remap.jobs.catalogue.file.UnreadableException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpImageTest {
  private final ExecutorService pool = Executors.newCachedThreadPool();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final CountDownLatch begun = new CountDownLatch(1);
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(pool);
    server.start();
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.stop(0);
    pool.shutdownNow();
  }

  /** The path says what happens. */
  private void answer(HttpExchange exchange) throws IOException {
    asked.add(exchange.getRequestURI().toString());
    String path = exchange.getRequestURI().getPath();
    try (exchange) {
      if (path.startsWith("/status/")) {
        exchange.sendResponseHeaders(Integer.parseInt(path.substring("/status/".length())), -1);
      } else if (path.startsWith("/to/")) {
        exchange.getResponseHeaders().set("Location", path.substring("/to/".length()));
        exchange.sendResponseHeaders(302, -1);
      } else if (path.startsWith("/loop")) {
        exchange.getResponseHeaders().set("Location", path);
        exchange.sendResponseHeaders(301, -1);
      } else if (path.startsWith("/stall")) {
        exchange.sendResponseHeaders(200, 3);
        exchange.getResponseBody().write(1);
        exchange.getResponseBody().flush();
        begun.countDown();
        end.await();
      } else if (path.startsWith("/short")) {
        exchange.sendResponseHeaders(200, 5);
        exchange.getResponseBody().write(1);
      } else {
        exchange.sendResponseHeaders(200, path.startsWith("/chunked") ? 0 : 3);
        exchange.getResponseBody().write(new byte[] {1, 2, 3});
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private CatalogueImage image(String path, long maxBytes) {
    String uri = "http://127.0.0.1:" + server.getAddress().getPort() + path;
    return new CatalogueImage("x", uri, "of its URI", maxBytes, new Configuration());
  }

  @ParameterizedTest
  @CsvSource({
    "/x.jpg, /x.jpg",
    "/x.jpg?w=640&h=480, /x.jpg?w=640&h=480",
    "/a%20b%2Fc.jpg, /a%20b%2Fc.jpg",
    "/a b.jpg, /a%20b.jpg",
    "/100%.jpg, /100%25.jpg",
    "/é雪.jpg, /%C3%A9%E9%9B%AA.jpg",
    "/[a]{b}|c.jpg?q=[d], /%5Ba%5D%7Bb%7D%7Cc.jpg?q=%5Bd%5D",
    "/x.jpg#page, /x.jpg",
    "/chunked, /chunked",
  })
  void theServerIsAskedForWhatTheTableSays(String path, String request) throws Exception {
    assertThat(image(path, 3).read()).containsExactly(1, 2, 3);
    assertThat(asked).containsExactly(request);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/x.jpg", "/chunked"})
  void aLongerImageThanAllowedIsAFaultOfContent(String path) {
    assertThatThrownBy(() -> image(path, 2).read())
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("image.max-bytes is 2");
  }

  @ParameterizedTest
  @CsvSource({
    "404, true",
    "410, true",
    "403, true",
    "401, true",
    "451, true",
    "429, false",
    "500, false",
    "503, false",
    "204, false",
    "206, false",
    "304, false",
  })
  void whatIsNotThereIsToldFromAServerThatIsNotUp(int status, boolean isAboutTheImage) {
    assertThatThrownBy(() -> image("/status/" + status, 9).read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("answered with status " + status)
        .satisfies(
            failure ->
                assertThat(failure instanceof FileNotFoundException).isEqualTo(isAboutTheImage));
  }

  @Test
  void aServerThatIsAwayOrCutsItsAnswerIsAFaultOfAccess() throws IOException {
    assertThatThrownBy(() -> image("/short", 9).read()).isInstanceOf(IOException.class);
    CatalogueImage away = image("/x.jpg", 9);
    server.stop(0);

    assertThatThrownBy(away::read)
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(UnreadableException.class)
        .isNotInstanceOf(FileNotFoundException.class);
  }

  @Test
  void redirectsAreFollowedAFewTimes() throws Exception {
    assertThat(image("/to//x.jpg", 9).read()).containsExactly(1, 2, 3);
    assertThat(asked).containsExactly("/to//x.jpg", "/x.jpg");
    assertThatThrownBy(() -> image("/loop", 9).read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("redirects more than 5 times");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/to/file:/etc/passwd", "/to/ftp://h/x?token=SECRET", "/to/http://"})
  void aRedirectToSomethingElseIsRefusedAndNotRepeated(String path) {
    assertThatThrownBy(() -> image(path, 9).read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("its server redirects to what is no")
        .hasMessageNotContaining("SECRET");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "169.254.169.254, true",
    "10.1.2.3, true",
    "192.168.0.1, true",
    "::1, true",
    "fd00::1, true",
    "0.0.0.0, true",
    "8.8.8.8, false",
    "2001:db8::1, false",
  })
  void addressesOfPrivateNetworksAreKnown(String address, boolean isInside) throws IOException {
    assertThat(HttpImage.isInside(address)).isEqualTo(isInside);
  }

  /** So that the deadline of reading ends it. */
  @Test
  void anInterruptEndsAReadThatHangs() throws Exception {
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                failure.completeExceptionally(
                    new AssertionError("read " + image("/stall", 9).read().length));
              } catch (IOException | ImageException e) {
                failure.complete(e);
              }
            });
    reader.start();
    begun.await();
    reader.interrupt();

    assertThat(failure.get(60, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    reader.join();
  }
}
