package dev.remap.jobs.cli;

import static dev.remap.jobs.cli.ReportTest.all;
import static dev.remap.jobs.cli.ReportTest.parsed;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** The page about an index whose store, or whose images, are elsewhere. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReportStorageTest {
  private static final long SEED = 20270406;

  private Path folder;
  private Path pictures;
  private final CountDownLatch never = new CountDownLatch(1);
  private final AtomicInteger hung = new AtomicInteger();
  private volatile boolean isHanging;

  @BeforeAll
  void pictures(@TempDir Path temporary) throws IOException {
    LocalSpark.use("local[2]");
    folder = temporary;
    pictures = folder.resolve("pictures");
    Pictures.folders(pictures, 2, 11, SEED);
  }

  private Remap evaluated(String name, Path catalogue) {
    Remap remap =
        DrillStore.settings(new Remap(folder.resolve(name)), folder.resolve("backbone"))
            .set("publish.copies", 0);
    remap.succeed("reindex", "--catalogue", catalogue.toString());
    remap.succeed("evaluate", "--groups", ".");
    return remap;
  }

  private static Stream<Element> items(Document page, String type) {
    return all(page, "li").filter(item -> item.getAttribute("class").equals(type));
  }

  @Test
  void aStoreOnS3GivesTheSamePage() throws Exception {
    Remap local = evaluated("local", pictures);
    Path here = folder.resolve("here.html");
    Path there = folder.resolve("there.html");
    local.succeed("report", "--out", here.toString());
    try (Bucket bucket = new Bucket(folder.resolve("s3"))) {
      bucket.upload(local.store());
      String store = local.store().toUri().toString();
      Remap.Ran ran =
          Remap.line(
              local.arguments("report", "--out", there.toString()).stream()
                  .map(word -> word.equals(store) ? bucket.root().toString() : word)
                  .toArray(String[]::new));
      assertThat(ran.status()).as("%s", ran).isZero();
    }

    Document one = parsed(Files.readString(here));
    Document other = parsed(Files.readString(there));
    List<String> hits = items(one, "right").map(Element::getTextContent).toList();
    assertThat(hits).isNotEmpty();
    assertThat(items(other, "right").map(Element::getTextContent).toList()).isEqualTo(hits);
    assertThat(all(other, "img").count()).isEqualTo(all(one, "img").count()).isPositive();
    assertThat(all(other, "svg").count()).isEqualTo(all(one, "svg").count());
  }

  @Test
  void aServerThatHangsCostsThePicturesAndNotThePage() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ExecutorService threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    try {
      Remap remap = evaluated("hanging", table(server.getAddress().getPort()));
      Path file = folder.resolve("hanging.html");
      isHanging = true;
      remap.succeed("report", "--out", file.toString(), "--set", "image.read-timeout=1s");

      Document page = parsed(Files.readString(file));
      String text = page.getDocumentElement().getTextContent();
      assertThat(all(page, "img")).isEmpty();
      assertThat(items(page, "query")).hasSize(9);
      assertThat(text).contains("not read within 1 s", "not tried, as others could not be read");
      assertThat(hung.get()).isBetween(1, 3);
    } finally {
      never.countDown();
      server.stop(0);
      threads.shutdownNow();
    }
  }

  /** The pictures, as a web server has them. */
  private Path table(int port) throws IOException {
    StringBuilder rows = new StringBuilder("image_id,uri\n");
    try (Stream<Path> files = Files.walk(pictures)) {
      files
          .filter(Files::isRegularFile)
          .map(file -> pictures.relativize(file).toString())
          .sorted()
          .forEach(id -> rows.append(id + ",http://127.0.0.1:" + port + "/" + id + "\n"));
    }
    return Files.writeString(folder.resolve("pictures.csv"), rows);
  }

  private void answer(HttpExchange exchange) throws IOException {
    if (isHanging) {
      hung.incrementAndGet();
      try {
        never.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    byte[] bytes =
        Files.readAllBytes(pictures.resolve(exchange.getRequestURI().getPath().substring(1)));
    exchange.sendResponseHeaders(200, bytes.length);
    try (var body = exchange.getResponseBody()) {
      body.write(bytes);
    }
  }
}
