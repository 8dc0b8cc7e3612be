package dev.remap.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.Store;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose Spark is whose. */
class JobContextTest {
  private static SparkContext used(Path store) {
    try (JobContext context = LocalSpark.context(store, Map.of())) {
      return context.session().sparkContext();
    }
  }

  @Test
  void aSessionThatSomebodyElseHasBegunIsLeftRunningAndItsOwnIsNot(@TempDir Path folder) {
    Path store = folder.resolve("store");
    Store.openOrCreate(store.toString(), new Configuration());
    SparkSession before = LocalSpark.session();
    try {
      assertThat(used(store)).isSameAs(before.sparkContext());
      assertThat(before.sparkContext().isStopped()).isFalse();
    } finally {
      before.stop();
    }

    assertThat(used(store).isStopped()).isTrue();
  }
}
