package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.Jvm;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.table.Generation;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Commands between nights die in a process of their own; the same command then finishes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledUpkeepTest {
  private static final long SEED = 5150;
  private static final String INDEX = "photos";

  private Path folder;
  private Remap nights;

  @BeforeAll
  void twoNights(@TempDir Path temporary) {
    LocalSpark.use("local[2]");
    folder = temporary;
    Path catalogue = folder.resolve("catalogue");
    DrillStore.catalogue(catalogue, SEED);
    nights = remap("nights");
    nights.succeed("reindex", "--catalogue", catalogue.toString());
    Pictures.write(catalogue.resolve("new.jpg"), new Random(SEED), Pictures.LONG, Pictures.SHORT);
    nights.succeed("reindex", "--catalogue", catalogue.toString());
  }

  private Remap remap(String store) {
    return DrillStore.settings(new Remap(folder.resolve(store)), folder.resolve("backbone"))
        .set("index.name", INDEX)
        .set("publish.copies", 0)
        .set("compact.max-delta-ratio", 1000)
        .set("compact.max-layers", 1000);
  }

  private Remap copy(String store) {
    Remap copy = remap(store);
    FiveNights.tree(nights.store(), copy.store());
    return copy;
  }

  /** Runs a command that dies at a fault point. */
  private static void kill(String point, Remap remap, String command, String... options)
      throws Exception {
    List<String> jvm =
        new ArrayList<>(
            ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--add-opens"))
                .toList());
    for (String name : System.getProperties().stringPropertyNames()) {
      if (name.startsWith("spark.") || name.startsWith("remap.") || name.startsWith("ai.djl")) {
        jvm.add("-D" + name + "=" + System.getProperty(name));
      }
    }
    jvm.addAll(List.of("-Xmx1g", "-Dremap.kill.point=" + point));
    String[] arguments = remap.arguments(command, options).toArray(String[]::new);

    assertThat(Jvm.start(OwnProcess.class, jvm, arguments).waitFor()).as(point).isEqualTo(137);
    Ledgers.forget();
    assertThat(remap.succeed("verify").out()).contains("all is well");
  }

  @Test
  void aCompactionThatIsKilledIsFinishedByTheNext() throws Exception {
    Remap undisturbed = copy("compacted");
    undisturbed.succeed("compact", "--full");
    Remap remap = copy("killed-compaction");

    kill("compact.creating-record:2", remap, "compact", "--full");

    remap.succeed("compact", "--full");
    Ledgers.forget();
    assertThat(remap.succeed("verify").out()).contains("all is well");
    StoreFiles files = new StoreFiles(remap.store());
    StoreFiles wanted = new StoreFiles(undisturbed.store());
    assertThat(wanted.of("vectors compacted ledger")).hasSize(1);
    assertThat(wanted.differences(files)).isEmpty();
  }

  @Test
  void aRollbackThatIsKilledHasPublishedNothingAndTheNextDoes() throws Exception {
    Remap remap = copy("killed-rollback");

    kill("rollback.before-publication", remap, "rollback");

    assertThat(live(remap)).isEqualTo(2);
    remap.succeed("rollback");
    assertThat(live(remap)).isEqualTo(1);
    assertThat(remap.succeed("verify").out()).contains("all is well");
  }

  private static int live(Remap remap) {
    Store store = Store.open(remap.store().toUri().toString(), new Configuration());
    return Generation.number(new Publication(store, INDEX).latest().orElseThrow());
  }
}
