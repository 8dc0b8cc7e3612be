package dev.remap.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalIncludesTest {
  @TempDir private Path folder;

  private Path file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "include \"ADDRESS\"",
        "include url(\"ADDRESS\")",
        "include required(\"ADDRESS\")",
        "include required(url(\"ADDRESS\"))",
        "unit { include url(\"ADDRESS\") }",
      })
  void nothingIsFetched(String include) throws IOException {
    AtomicInteger asked = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          byte[] body = "search.k = 7".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/own.conf";
      Path own = file("own.conf", include.replace("ADDRESS", address));

      assertThatThrownBy(() -> Settings.load(own, Map.of()))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("own.conf includes " + address)
          .hasMessageContaining("only files of this machine");
    } finally {
      server.stop(0);
    }
    assertThat(asked).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "include classpath(\"dev/remap/jobs/config/remap.conf\")",
        "include url(\"file:///etc/hostname\")",
        "include \"jar:file:/x.jar!/y.conf\"",
      })
  void whatIsNoPlainFileIsRefused(String include) throws IOException {
    Path own = file("own.conf", include);

    assertThatThrownBy(() -> Settings.load(own, Map.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("only files of this machine");
  }

  @Test
  void aNameThatIsNoFileIsNotLookedForOnTheClassPath() throws IOException {
    Path own = file("own.conf", "include \"dev/remap/jobs/config/remap.conf\"\nsearch.k = 3");

    Settings settings = Settings.load(own, Map.of());

    assertThat(settings.toJson()).isEqualTo(Settings.load(null, Map.of("search.k", "3")).toJson());
    assertThatThrownBy(
            () ->
                Settings.load(
                    file("strict.conf", "include required(file(\"gone.conf\"))"), Map.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("gone.conf");
  }

  @Test
  void filesAreRelativeToTheOneThatIncludesThem() throws IOException {
    file("shared/deep/k.json", "{\"search\": {\"k\": 7}}");
    file("shared/all.conf", "include file(\"deep/k.json\")\nunit.images = 5");
    Path own = file("mine/own.conf", "include \"../shared/all\"\nunit.attempts = 2");

    Settings settings = Settings.load(own, Map.of());

    assertThat(settings.integer("search.k")).isEqualTo(7);
    assertThat(settings.integer("unit.images")).isEqualTo(5);
    assertThat(settings.integer("unit.attempts")).isEqualTo(2);
  }

  @Test
  void theEnvironmentMayBeNamed() throws IOException {
    Path own = file("own.conf", "store = ${PATH}");

    assertThat(Settings.load(own, Map.of()).string("store")).isEqualTo(System.getenv("PATH"));
  }

  @Test
  void aFileThatIncludesItselfIsNamed() throws IOException {
    file("b.conf", "include \"a\"");
    Path own = file("a.conf", "include file(\"b.conf\")");

    assertThatThrownBy(() -> Settings.load(own, Map.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("includes itself")
        .hasMessageContaining("a.conf includes ")
        .hasMessageContaining("b.conf");
  }

  @Test
  void aPairOfTheCommandLineFetchesNothingEither() {
    assertThatThrownBy(
            () -> Settings.load(null, Map.of("unit", "{ include url(\"http://127.0.0.1:9/x\") }")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("includes http://127.0.0.1:9/x");
  }
}
