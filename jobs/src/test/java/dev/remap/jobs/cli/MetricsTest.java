package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkContext$;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What Spark's Prometheus servlet says with the example's configuration is what the books say. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MetricsTest {
  private static final int IMAGES = 20;
  private static final Pattern METRIC =
      Pattern.compile("metrics_remap_driver_remap_(\\w+)_Value\\{type=\"gauges\"} (-?\\d+)");

  private final List<String> set = new ArrayList<>();
  private Path catalogue;
  private Remap remap;

  @BeforeAll
  void night(@TempDir Path folder) throws IOException {
    LocalSpark.use("local[2]");
    Properties example = new Properties();
    try (Reader file = Files.newBufferedReader(Remap.CONF.resolve("metrics.conf"))) {
      example.load(file);
    }
    // No fixed port in a test.
    example.setProperty("spark.ui.port", "0");
    for (String name : example.stringPropertyNames()) {
      System.setProperty(name, example.getProperty(name));
      set.add(name);
    }
    catalogue = Files.createDirectories(folder.resolve("catalogue"));
    Random random = new Random(41);
    for (int i = 0; i < IMAGES; i++) {
      Pictures.write(catalogue.resolve(i + ".jpg"), random, Pictures.LONG, Pictures.SHORT);
    }
    Files.writeString(catalogue.resolve("text.jpg"), "no image");
    remap = DrillStore.settings(new Remap(folder.resolve("store")), folder.resolve("backbone"));
    remap.succeed("reindex", "--catalogue", catalogue.toString());
  }

  @AfterAll
  void asBefore() {
    set.forEach(System::clearProperty);
    System.setProperty("spark.ui.enabled", "false");
  }

  private static String read(String path) throws IOException, InterruptedException {
    SparkContext spark = SparkContext$.MODULE$.getActive().get();
    HttpRequest request = HttpRequest.newBuilder(URI.create(spark.uiWebUrl().get() + path)).build();
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(path).isEqualTo(200);
    return answer.body();
  }

  private static Map<String, Long> metrics() throws IOException, InterruptedException {
    Map<String, Long> metrics = new TreeMap<>();
    Matcher line = METRIC.matcher(read("/metrics/prometheus/"));
    while (line.find()) {
      metrics.put(line.group(1), Long.parseLong(line.group(2)));
    }
    return metrics;
  }

  /** The counts of the run's record of one job. */
  private JsonNode books(String job) throws IOException {
    for (JsonNode run : new ObjectMapper().readTree(status()).path("last-runs")) {
      if (run.path("job").asText().equals(job)) {
        return run.path("counts");
      }
    }
    throw new AssertionError("no run of " + job + " in " + status());
  }

  /** Of all jobs of that name. */
  private long worked(String stage) throws IOException {
    long worked = 0;
    for (JsonNode run : new ObjectMapper().readTree(status()).path("last-runs")) {
      worked += run.path("job").asText().equals(stage) ? run.at("/counts/worked").asLong() : 0;
    }
    return worked;
  }

  private String status() {
    return remap.succeed("status", "--json").out();
  }

  @Test
  void theTextHasTheNamesAndCountsOfTheRunsBooks() throws Exception {
    Map<String, Long> metrics = metrics();
    JsonNode books = books("extract");

    assertThat(metrics)
        .containsEntry("extract_rows_done", IMAGES + 1L)
        .containsEntry("extract_rows_rejected", 1L)
        .containsEntry("extract_images_decoding", 0L)
        .containsEntry("extract_images_batching", 0L)
        .containsEntry("build_rows_done", (long) IMAGES);
    for (String stage : List.of("snapshot", "extract", "whiten", "build")) {
      assertThat(metrics.get(stage + "_rows_done")).as(stage).isEqualTo(worked(stage));
    }
    assertThat(metrics.get("extract_rows_done")).isEqualTo(books.path("listed").asLong());
    assertThat(metrics.get("extract_rows_rejected")).isEqualTo(books.path("rejected").asLong());
    try (Stream<Path> files = Files.list(catalogue)) {
      long bytes = files.mapToLong(file -> file.toFile().length()).sum();
      assertThat(metrics.get("extract_bytes_read"))
          .isEqualTo(bytes)
          .isEqualTo(books.path("bytes read").asLong());
    }
    Map<String, String> times =
        Map.of(
            "extraction", "extraction",
            "waiting", "waiting for images",
            "network", "network",
            "pooling", "pooling",
            "writing", "writing",
            "reading", "reading images",
            "decode_memory", "waiting for decode-memory",
            "decoding", "decoding images");
    times.forEach(
        (metric, book) ->
            assertThat(metrics.get("extract_ms_" + metric))
                .as(metric)
                // Each of some units is cut to whole milliseconds.
                .isBetween(
                    books.path("ms " + book).asLong(-1) - 8, books.path("ms " + book).asLong(-1)));
  }

  @Test
  void executorsAreThereToo() throws Exception {
    assertThat(read("/metrics/executors/prometheus")).contains("metrics_executor_completedTasks");
  }
}
