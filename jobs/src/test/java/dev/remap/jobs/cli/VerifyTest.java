package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    Path catalogue = folder.resolve("a catalogue");
    DrillStore.catalogue(catalogue, 8);
    Remap remap =
        DrillStore.settings(new Remap(folder.resolve("store")), folder.resolve("a backbone"))
            .set("index.name", "other");
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
    String segment = file(remap, "descriptors/.*/segments/u000000-.*");
    flip(remap, segment);

    Remap.Ran looked = remap.run("verify");
    assertThat(looked.status()).isEqualTo(1);
    assertThat(looked.out())
        .containsPattern(ledger + " +damaged")
        .containsPattern(record + " +missing")
        .containsPattern("(?m)" + shard + " +damaged .* build$");
    // Only where the store is, not how it was made.
    Remap.Ran repaired =
        Remap.line("verify", "--repair", "--store", remap.store().toUri().toString());
    assertThat(repaired.status()).isEqualTo(1);
    assertThat(repaired.out()).contains("written again from the rest of the store: 2");
    assertThat(remap.run("verify").out()).doesNotContain(record).doesNotContain(ledger);
    List<String[]> commands = PrintedCommands.of(repaired.out());
    assertThat(commands).extracting(words -> words[0]).containsExactly("extract", "build");
    for (String[] command : commands) {
      Remap.Ran ran = Remap.line(command);
      assertThat(ran.status()).as("%s: %s", List.of(command), ran).isZero();
    }

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
    return name.matches(
        "indexes/other/00000001/(ledger|records/u000001)\\.json"
            + "|descriptors/.*/(ledger|records/u000000)\\.json|.*/segments/u000000-.*");
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
