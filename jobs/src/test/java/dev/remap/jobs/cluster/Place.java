package dev.remap.jobs.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;

/**
 * Where a drill keeps stores and catalogues.
 *
 * @param root a folder on some filesystem
 * @param hadoop what Hadoop has to know to reach it
 */
record Place(String root, Map<String, String> hadoop) {
  static Place local(Path folder) {
    return new Place(folder.toUri().toString().replaceAll("/$", ""), Map.of());
  }

  /** In the bucket of an S3 server that listens there. */
  static Place s3(String root, String endpoint, Map<String, String> more) {
    Map<String, String> hadoop = new TreeMap<>(more);
    hadoop.put("fs.s3a.endpoint", endpoint);
    hadoop.put("fs.s3a.endpoint.region", "us-east-1");
    hadoop.put("fs.s3a.path.style.access", "true");
    hadoop.put("fs.s3a.access.key", "any");
    hadoop.put("fs.s3a.secret.key", "any");
    hadoop.put("fs.s3a.connection.ssl.enabled", "false");
    return new Place(root, hadoop);
  }

  String at(String name) {
    return root + "/" + name;
  }

  /** For programs in this JVM; not shared with other places of the same name. */
  Configuration configuration() {
    Configuration conf = new Configuration();
    hadoop.forEach(conf::set);
    conf.setBoolean("fs.s3a.impl.disable.cache", true);
    return conf;
  }

  /** The same as Spark's properties. */
  Map<String, String> properties() {
    Map<String, String> properties = new TreeMap<>();
    hadoop.forEach((key, value) -> properties.put("spark.hadoop." + key, value));
    return properties;
  }

  /** Properties as {@code spark-submit} takes them. */
  static List<String> options(Map<String, String> properties) {
    List<String> options = new ArrayList<>();
    properties.forEach((key, value) -> options.addAll(List.of("--conf", key + "=" + value)));
    return options;
  }
}
