package dev.remap.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.util.SerializableConfiguration;
import org.junit.jupiter.api.Test;

class TaskConfigurationTest {
  private static Object sent(Object object) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return in.readObject();
    }
  }

  private static Map<String, String> values(Configuration conf) {
    Map<String, String> values = new TreeMap<>();
    conf.forEach(entry -> values.put(entry.getKey(), entry.getValue()));
    return values;
  }

  @Test
  void tasksReadWhatSparksOwnFormWouldTellThem() throws Exception {
    Configuration conf = new Configuration();
    conf.set("fs.s3a.endpoint", "http://storage:9000");
    conf.set("a.folder", "${user.home}/a");
    // By a name of former times.
    conf.set("fs.default.name", "hdfs://names:8020");

    Configuration read = ((TaskConfiguration) sent(new TaskConfiguration(conf))).value();

    Configuration bySpark =
        ((SerializableConfiguration) sent(new SerializableConfiguration(conf))).value();
    assertThat(values(read))
        .hasSizeGreaterThan(300)
        .containsEntry("fs.defaultFS", "hdfs://names:8020")
        .isEqualTo(values(bySpark));
    assertThat(read.get("a.folder")).isEqualTo(System.getProperty("user.home") + "/a");
  }

  @Test
  void theDriverReadsItsOwn() {
    Configuration conf = new Configuration(false);
    assertThat(new TaskConfiguration(conf).value()).isSameAs(conf);
  }
}
