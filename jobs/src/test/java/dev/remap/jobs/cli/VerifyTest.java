package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.job.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code verify} finds, what it mends itself, and what it leaves to others. */
class VerifyTest {
  @TempDir private Path folder;

  @Test
  void damageIsNamedAndMendedByTheStoreItselfOrByTheCommandThatMadeIt() throws IOException {
    LocalSpark.use("local[2]");
    Path catalogue = folder.resolve("catalogue");
    DrillStore.catalogue(catalogue, 8);
    Remap remap =
        DrillStore.settings(new Remap(folder.resolve("store")), folder.resolve("backbone"));
    remap.succeed("snapshot", "--catalogue", catalogue.toString());
    for (String stage : DrillStore.STAGES.subList(1, DrillStore.STAGES.size())) {
      remap.succeed(stage);
    }
    assertThat(remap.succeed("verify").out()).contains("all is well");
    Map<String, String> before = remap.contents();
    String ledger = file(remap, "snapshots/00000001/ledger.json");
    String record = file(remap, "descriptors/.*/records/u000001.json");
    String shard = file(remap, "indexes/.*/shard-00001-.*");
    flip(remap, ledger);
    Files.delete(remap.store().resolve(record));
    flip(remap, shard);

    Remap.Ran looked = remap.run("verify");
    assertThat(looked.status()).isEqualTo(1);
    assertThat(looked.out())
        .containsPattern(ledger + " +damaged")
        .containsPattern(record + " +missing")
        .containsPattern(shard + " +damaged .*remap build --name default");
    Remap.Ran repaired = remap.run("verify", "--repair");
    assertThat(repaired.status()).isEqualTo(1);
    assertThat(repaired.out()).contains("written again from the rest of the store: 2");
    assertThat(remap.run("verify").out()).doesNotContain(record).doesNotContain(ledger);
    remap.succeed("build");

    assertThat(remap.succeed("verify").out()).contains("all is well");
    Map<String, String> after = remap.contents();
    // The shard's unit was committed anew, by another run.
    Stream.of(before, after)
        .forEach(files -> files.keySet().removeIf(VerifyTest::namesTheRunOfTheShard));
    assertThat(after).isEqualTo(before);
  }

  @Test
  void anExtractionThatWasRefusedIsNoDamageAndNotAcceptedByARepair() throws IOException {
    LocalSpark.use("local[2]");
    Path catalogue = folder.resolve("catalogue");
    DrillStore.catalogue(catalogue, 8);
    Files.write(catalogue.resolve("broken.jpg"), new byte[100]);
    Remap remap =
        DrillStore.settings(new Remap(folder.resolve("store")), folder.resolve("backbone"));
    remap.succeed("snapshot", "--catalogue", catalogue.toString());
    Remap.Ran refused = remap.run("extract", "--set", "extract.max-reject-ratio=0");
    assertThat(refused.status()).isEqualTo(1);

    assertThat(remap.succeed("verify", "--repair").out()).contains("all is well");
    assertThat(remap.run("extract", "--set", "extract.max-reject-ratio=0").status()).isEqualTo(1);

    for (String stage : DrillStore.STAGES.subList(1, DrillStore.STAGES.size())) {
      remap.succeed(stage, "--set", "extract.max-reject-ratio=1");
    }
    String ledger = file(remap, "descriptors/.*/00000001/ledger.json");
    Files.delete(remap.store().resolve(ledger));
    assertThat(remap.run("verify").out()).containsPattern(ledger + " +missing");
  }

  private static boolean namesTheRunOfTheShard(String name) {
    return name.matches("indexes/default/00000001/(ledger|records/u000001)\\.json");
  }

  private static String file(Remap remap, String pattern) {
    return remap.contents().keySet().stream()
        .filter(name -> name.matches(pattern))
        .findFirst()
        .orElseThrow();
  }

  private static void flip(Remap remap, String file) throws IOException {
    Path path = remap.store().resolve(file);
    byte[] bytes = Files.readAllBytes(path);
    bytes[bytes.length / 2] ^= 1;
    Files.write(path, bytes);
  }
}
