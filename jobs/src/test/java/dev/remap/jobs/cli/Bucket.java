package dev.remap.jobs.cli;

import dev.remap.jobs.store.S3Front;
import dev.remap.jobs.store.S3Server;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.RemoteIterator;

/** A store on an S3 server of its own, at which commands get while this is open. */
final class Bucket implements AutoCloseable {
  private static final URI ROOT = URI.create(S3Server.root("store"));

  /** What stops each, the last to be started first. */
  private final List<Runnable> stops = new ArrayList<>();

  private final Configuration direct;
  private final Map<String, String> spark;

  /**
   * @param folder for all that the server and its clients keep
   */
  Bucket(Path folder) throws Exception {
    S3Server server = server(folder);
    direct = server.configuration(folder.resolve("buffers"));
    spark = spark(direct);
    spark.forEach(System::setProperty);
  }

  /**
   * @param fault what commands meet on their way to the server; uploads and looks do not
   */
  Bucket(Path folder, S3Front.Fault fault) throws Exception {
    S3Server server = server(folder);
    S3Front front = new S3Front(server.endpoint(), fault);
    stops.add(0, front::close);
    direct = server.configuration(folder.resolve("buffers"));
    Configuration met = new Configuration(direct);
    met.set("fs.s3a.endpoint", front.endpoint().toString());
    spark = spark(met);
    spark.forEach(System::setProperty);
  }

  private S3Server server(Path folder) throws Exception {
    S3Server server = S3Server.start(folder.resolve("blobs"));
    stops.add(server::close);
    return server;
  }

  /** Its own settings, as Spark takes them. */
  private static Map<String, String> spark(Configuration conf) {
    Configuration defaults = new Configuration();
    Map<String, String> own = new TreeMap<>();
    for (Map.Entry<String, String> setting : conf) {
      if (!setting.getValue().equals(defaults.getRaw(setting.getKey()))) {
        own.put("spark.hadoop." + setting.getKey(), setting.getValue());
      }
    }
    return own;
  }

  /** The store's, as commands take it. */
  URI root() {
    return ROOT;
  }

  /**
   * Makes the store that of a folder, by one request a file: nobody else is there to be asked for.
   */
  void upload(Path from) throws IOException {
    FileSystem fs = FileSystem.get(ROOT, direct);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String target = ROOT + "/" + from.relativize(file);
        FSDataOutputStreamBuilder<?, ?> object =
            fs.createFile(new org.apache.hadoop.fs.Path(target));
        object.overwrite(true);
        object.opt("fs.s3a.create.performance", true);
        try (OutputStream out = object.build()) {
          Files.copy(file, out);
        }
      }
    }
  }

  /** What the store has, but for its runs. */
  Set<String> files() throws IOException {
    Set<String> names = new TreeSet<>();
    RemoteIterator<LocatedFileStatus> files =
        FileSystem.get(ROOT, direct).listFiles(new org.apache.hadoop.fs.Path(ROOT), true);
    while (files.hasNext()) {
      String name = ROOT.relativize(files.next().getPath().toUri()).getPath();
      if (!name.startsWith("runs/")) {
        names.add(name);
      }
    }
    return names;
  }

  @Override
  public void close() {
    spark.keySet().forEach(System::clearProperty);
    stops.forEach(Runnable::run);
  }
}
