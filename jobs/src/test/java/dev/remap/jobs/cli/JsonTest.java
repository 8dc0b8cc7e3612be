package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results for programs: nothing else is on standard output. */
class JsonTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir private Path folder;
  private Remap remap;

  private JsonNode json(String line) throws Exception {
    String[] words = line.split(" ", -1);
    String[] options = Arrays.copyOfRange(words, 1, words.length + 1);
    options[options.length - 1] = "--json";
    Remap.Ran ran = remap.run(words[0], options);
    assertThat(ran.status()).as("%s: %s", line, ran).isZero();
    JsonNode node = MAPPER.readTree(ran.out());
    assertThat(node.isObject()).as("%s: %s", line, ran.out()).isTrue();
    return node;
  }

  private JsonNode job(String line) throws Exception {
    JsonNode node = json(line);
    assertThat(node.path("command").asText()).isEqualTo(line.split(" ", -1)[0]);
    assertThat(node.path("jobs")).as(node.toString()).isNotEmpty();
    return node.path("jobs").get(0).path("counts");
  }

  @Test
  void everyCommandPrintsWhatComesOfItAsOneObject() throws Exception {
    Path catalogue = folder.resolve("catalogue");
    Pictures.folders(catalogue, 2, 12, 31);
    remap = DrillStore.settings(new Remap(folder.resolve("store")), folder.resolve("backbone"));
    remap.set("publish.copies", 0);

    assertThat(job("snapshot --catalogue " + catalogue).path("listed").asInt()).isEqualTo(24);
    assertThat(job("extract").path("described").asInt()).isEqualTo(24);
    job("whiten");
    job("quantize");
    job("build");
    job("publish");
    JsonNode evaluated = json("evaluate --copies 2");
    assertThat(evaluated.path("tables").get(0).get(0).path("copy").asText()).isEqualTo("crop");
    assertThat(evaluated.path("tables").get(0).get(0).path("mAP exact").isNumber()).isTrue();
    job("evaluate --groups .");
    JsonNode listed = json("evaluate --list").path("tables").get(0);
    assertThat(listed).hasSize(2);
    assertThat(listed.get(0).path("by").asText()).isEqualTo("copies");
    assertThat(listed.get(0).path("score index"))
        .isEqualTo(evaluated.path("tables").get(0).get(8).path("mAP index"));
    assertThat(listed.get(1).path("by").asText()).isEqualTo("groups .");
    assertThat(Path.of(java.net.URI.create(listed.get(1).path("results").asText()))).exists();
    assertThat(json("files --table shards").path("tables").get(0).get(0).path("file").asText())
        .contains("shard-00000");
    job("plan --catalogue " + catalogue);
    job("reindex --catalogue " + catalogue);
    job("retry --catalogue " + catalogue);
    json("gc");
    json("verify");
    json("compact");
    assertThat(json("status").path("indexes")).isNotEmpty();
    assertThat(json("settings").path("search.k").path("value").asText()).isEqualTo("10");
    json("search --image " + catalogue.resolve("g00/p001.jpg"));
  }

  @Test
  void aCommandThatFailsSaysSoInItsObjectToo() throws Exception {
    remap = new Remap(folder.resolve("none"));

    Remap.Ran ran = remap.run("snapshot", "--catalogue", "/not/there", "--json");

    ran.assertRefused(2, "/not/there does not exist");
    assertThat(MAPPER.readTree(ran.out()).path("jobs").get(0).path("failure").asText())
        .contains("/not/there");
  }
}
