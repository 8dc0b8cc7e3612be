package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.config.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code bin/remap} of a release hands to Spark, and on which Spark it runs. */
class LauncherTest {
  private static final String WORDS = "printf '%s|' \"$@\"\n";

  @TempDir private Path folder;
  private Path home;
  private Path spark;

  @BeforeEach
  void makeARelease() {
    home = folder.resolve("a release");
    spark = folder.resolve("a spark");
    Script.copy(home, "bin/remap", "bin/home.sh");
    Script.write(home.resolve("lib/remap-index.jar"), "", "r--r--r--");
    Script.write(spark.resolve("bin/spark-submit"), WORDS);
  }

  private Script.Ran remap(Map<String, String> variables, List<String> arguments) {
    List<String> line = new ArrayList<>(List.of(home.resolve("bin/remap").toString()));
    line.addAll(arguments);
    return Script.run(folder, variables, line);
  }

  private String submitted(String... arguments) {
    Script.Ran ran =
        remap(
            Map.of("SPARK_HOME", spark.toString(), "REMAP_DRIVER_MEMORY", "3g"),
            List.of(arguments));
    assertThat(ran.status()).as(ran.said()).isZero();
    return ran.said();
  }

  /** Of Spark and of the command, as spark-submit sees them. */
  private String line(String ofSpark, String ofCommand) {
    return "--class|dev.remap.jobs.cli.Main|"
        + ofSpark
        + home.resolve("lib/remap-index.jar")
        + "|"
        + ofCommand;
  }

  /** One that has the name of an option of spark-submit would never come to the command. */
  @Test
  void everyOptionOfACommandComesToTheCommand() {
    List<String> options =
        Main.commandLine().getSubcommands().values().stream()
            .flatMap(command -> command.getCommandSpec().options().stream())
            .flatMap(option -> Arrays.stream(option.names()))
            // Which is read on the way, see below.
            .filter(option -> !option.equals(Profile.OPTION))
            .distinct()
            .sorted()
            .toList();

    assertThat(submitted(options.toArray(String[]::new)))
        .endsWith("remap-index.jar|" + String.join("|", options) + "|");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--archives",
        "--conf",
        "--driver-class-path",
        "--driver-java-options",
        "--driver-library-path",
        "--exclude-packages",
        "--files",
        "--jars",
        "--keytab",
        "--packages",
        "--principal",
        "--proxy-user",
        "--py-files",
        "--queue",
        "--repositories"
      })
  void anOptionOfSparkGoesToSparkWithItsValue(String option) throws IOException {
    Files.createFile(folder.resolve("a =b"));
    String wanted = line("--driver-memory|3g|" + option + "|a =b|", "status|--store|s|");

    assertThat(submitted("status", option, "a =b", "--store", "s")).isEqualTo(wanted);
    assertThat(submitted("status", "--store", "s", option + "=a =b")).isEqualTo(wanted);
  }

  @ParameterizedTest
  @CsvSource({
    "--master, blah, 'spark://h:7077 k8s://https://h local local[*] local[4] local[2,8] yarn'",
    "--master, local[x], 'local-cluster[1,2,900]'",
    "--master, mesos://h, spark://h:7077",
    "--master, spark://h, 'spark://h:7077,g:7077 spark://[::1]:7077'",
    "--files, nope, 'a*release hdfs://h/nope https://h/nope.zip local:/nope'",
    "--jars, /nope, '/,/ /'",
    "--archives, nope.zip, /#x",
    "--py-files, nope, file:/",
    "--conf, spark.files=nope, spark.files=",
    "--conf, foo, 'a= a.b=c=d'",
    "--conf, =foo, a=b",
    "--conf, spark.master=blah, spark.master=local[2]",
    "--conf, spark.driver.memory=blah, spark.driver.memory=900m",
    "-c, spark.executor.memory=blah, spark.executor.memory=2048",
    "--driver-memory, 10x, '10g 512M'",
    "--driver-memory, 10, 1t",
    "--executor-memory, blah, '10g 900 2gb 8192MB'",
    "--executor-memory, 0g, 10g",
    "--executor-cores, two, 2",
    "--num-executors, -1, 0",
    "--driver-cores, 1.5, 1",
    "--total-executor-cores, x, 12"
  })
  void aValueThatSparkWouldFailForIsASentence(String option, String wrong, String right) {
    Script.Ran ran =
        remap(Map.of("SPARK_HOME", spark.toString()), List.of("status", option, wrong));

    assertThat(ran.status()).as(ran.said()).isEqualTo(2);
    assertThat(ran.said()).startsWith("remap: " + option + " ").hasLineCount(1);
    assertThat(ran.said()).contains(wrong.substring(wrong.indexOf('=') + 1));
    Map<String, String> variables =
        Map.of("SPARK_HOME", spark.toString(), "HADOOP_CONF_DIR", "/etc/hadoop");
    for (String value : right.split(" ", -1)) {
      assertThat(remap(variables, List.of("status", option, value)).said())
          .contains(option + "|" + value + "|");
    }
  }

  /** From the first line of the script on, by what stands for Java that answers. */
  @Test
  void aSignalBeforeSparkStartsIsASentence() {
    Script.write(spark.resolve("jars/spark-core_2.13-4.1.2.jar"), "", "r--r--r--");
    Script.write(folder.resolve("java/bin/java"), "kill -TERM $PPID; exit 3\n");

    assertThat(
            remap(
                Map.of(
                    "SPARK_HOME", spark.toString(), "JAVA_HOME", folder.resolve("java").toString()),
                List.of("status")))
        .isEqualTo(new Script.Ran(143, "remap: interrupted\n"));
  }

  @Test
  void aFolderOfSparksConfigurationThatIsNotThereIsASentence() {
    Map<String, String> variables =
        Map.of("SPARK_HOME", spark.toString(), "SPARK_CONF_DIR", "/nope");
    assertThat(remap(variables, List.of("status")))
        .isEqualTo(new Script.Ran(2, "remap: SPARK_CONF_DIR is /nope, which is no folder\n"));
  }

  @Test
  void switchesOfSparkTakeNoValue() {
    assertThat(submitted("status", "--verbose", "--load-spark-defaults", "x", "-c", "a=b", "-v"))
        .isEqualTo(
            line("--driver-memory|3g|--verbose|--load-spark-defaults|-c|a=b|-v|", "status|x|"));
    assertThat(remap(Map.of(), List.of("--verbose=yes")))
        .isEqualTo(new Script.Ran(2, "remap: --verbose takes no value\n"));
    assertThat(remap(Map.of(), List.of("status", "--files")))
        .isEqualTo(new Script.Ran(2, "remap: --files needs a value\n"));
  }

  @Test
  void whatSparkDoesNotKnowIsTheCommands() {
    String own = "build|--name|photos|--name=x|--set|a=*|*|@||--nope=1|--class|A|it's \"one\"|";

    assertThat(
            submitted(
                "build",
                "--name",
                "photos",
                "--name=x",
                "--set",
                "a=*",
                "*",
                "@",
                "",
                "--nope=1",
                "--class",
                "A",
                "it's \"one\""))
        .isEqualTo(line("--driver-memory|3g|", own));
  }

  @Test
  void memoryOfTheDriverIsSaidOnce() {
    assertThat(submitted("status", "--driver-memory=5g"))
        .isEqualTo(line("--driver-memory|5g|", "status|"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--deploy-mode cluster",
        "--deploy-mode=cluster",
        "--conf spark.submit.deployMode=cluster",
        "-c spark.submit.deployMode=cluster"
      })
  void aDriverElsewhereIsRefused(String options) {
    List<String> arguments = new ArrayList<>(List.of("status"));
    arguments.addAll(List.of(options.split(" ")));

    assertThat(remap(Map.of("SPARK_HOME", spark.toString()), arguments))
        .isEqualTo(
            new Script.Ran(
                2,
                "remap: the driver runs where the command is called, so that its exit status and"
                    + " what it says arrive: leave out "
                    + options.replace("mode=", "mode ")
                    + "\n"));
    assertThat(submitted("status", "--deploy-mode", "client")).contains("--deploy-mode|client|");
  }

  @Test
  void aFolderOfJarsIsASpark() {
    Path java = folder.resolve("java");
    Script.write(java.resolve("bin/java"), "echo \"$SPARK_HOME $SPARK_CONF_DIR\"\n" + WORDS);
    Map<String, String> variables = Map.of("JAVA_HOME", java.toString());
    Path jar = home.resolve("lib/remap-index.jar");

    Script.Ran none = remap(variables, List.of("status"));
    assertThat(none.status()).isEqualTo(1);
    assertThat(none.said()).startsWith("remap: there is no Spark: let SPARK_HOME name one");

    Script.write(home.resolve("lib/spark/jars/spark-core_2.13-4.1.2.jar"), "", "r--r--r--");
    assertThat(remap(variables, List.of("status", "--driver-memory", "2g")).said())
        .startsWith(home.resolve("lib/spark") + " " + home.resolve("conf") + "\n")
        .contains("|-Xmx2g|")
        .endsWith("dev.remap.jobs.cli.Launch|" + jar + "|--driver-memory|2g|--|status|");

    Path copy = folder.resolve("copy");
    Script.write(copy.resolve("jars/spark-core_2.13-4.1.2.jar"), "", "r--r--r--");
    assertThat(
            remap(
                    Map.of("JAVA_HOME", java.toString(), "SPARK_HOME", copy.toString()),
                    List.of("status"))
                .said())
        .startsWith(copy + " ")
        .contains("|-cp|" + copy + "/jars/*:" + jar + ":" + home.resolve("conf") + "|")
        .doesNotContain("SharedArchive");
    Script.write(
        home.resolve("lib/remap-index.inputs"), "0123456789abcdef0123456789\n", "r--r--r--");
    Path archive = home.resolve("lib/remap-index-0123456789abcdef.jsa");
    Script.write(archive, "", "r--r--r--");
    assertThat(remap(variables, List.of("status")).said())
        .contains("|-XX:SharedArchiveFile=" + archive + "|-Xlog:cds=off|");

    assertThat(remap(Map.of("SPARK_HOME", folder.toString()), List.of("status")))
        .isEqualTo(
            new Script.Ran(
                2,
                "remap: SPARK_HOME is "
                    + folder
                    + ", which has neither bin/spark-submit nor jars/spark-core_*.jar\n"));
  }

  /** A profile that names a Spark of its own. */
  private String profile(String sparkConf) {
    Path profile = folder.resolve("a profile");
    Script.write(profile.resolve("remap.conf"), "", "r--r--r--");
    Script.write(profile.resolve("spark.conf"), sparkConf, "rw-r--r--");
    Script.write(
        profile.resolve("spark-env.sh"), "SPARK_HOME='" + spark + "'$UNSET\n", "r--r--r--");
    return profile.toString();
  }

  @Test
  void aProfileIsPropertiesForSparkAndAnOptionOfTheCommand() {
    String profile = profile("spark.master  spark://m:7077\nspark.driver.memory=7g\n");
    String own = line("--properties-file|" + profile + "/spark.conf|", "");

    for (String given : List.of("--profile=" + profile, "--profile " + profile)) {
      List<String> words = new ArrayList<>(List.of("status"));
      words.addAll(given.contains("=") ? List.of(given) : List.of("--profile", profile));
      assertThat(remap(Map.of(), words))
          .isEqualTo(new Script.Ran(0, own + String.join("|", words) + "|"));
    }
    assertThat(remap(Map.of("REMAP_PROFILE", profile), List.of("status")))
        .isEqualTo(new Script.Ran(0, own + "status|"));
    assertThat(
            remap(Map.of("REMAP_PROFILE", "/not/there"), List.of("status", "--profile", profile)))
        .isEqualTo(new Script.Ran(0, own + "status|--profile|" + profile + "|"));
  }

  @Test
  void whatTheLineSaysWinsOverAProfile() {
    String profile = profile("spark.driver.memory 7g\n");
    Script.write(folder.resolve("other.conf"), "", "r--r--r--");
    String other = folder.resolve("other.conf").toString();
    List<String> words =
        List.of(
            "status",
            "--profile",
            profile,
            "--driver-memory=5g",
            "--properties-file",
            other,
            "--master",
            "local");

    assertThat(remap(Map.of(), words))
        .isEqualTo(
            new Script.Ran(
                0,
                line(
                    "--driver-memory|5g|--properties-file|" + other + "|--master|local|",
                    "status|--profile|" + profile + "|")));
    assertThat(
            remap(Map.of(), List.of("status", "--profile", profile, "-c", "spark.driver.memory=6g"))
                .said())
        .contains("|-c|spark.driver.memory=6g|")
        .doesNotContain("--driver-memory");
  }

  @Test
  void aProfileThatIsNoneIsASentence() {
    String profile = profile("spark.master yarn\n");

    assertThat(remap(Map.of(), List.of("status", "--profile", "/not/there")))
        .isEqualTo(
            new Script.Ran(
                2,
                "remap: the profile /not/there is no folder: check --profile and REMAP_PROFILE\n"));
    assertThat(remap(Map.of(), List.of("status", "--profile", profile)).said())
        .startsWith("remap: the master is yarn: let HADOOP_CONF_DIR name");
    assertThat(Path.of(profile, "spark.conf").toFile().delete()).isTrue();
    assertThat(remap(Map.of(), List.of("status", "--profile", profile)).said())
        .startsWith("remap: the profile " + profile + " has no spark.conf that can be read: copy")
        .hasLineCount(1);
  }

  @Test
  void whatSparkWouldFailForIsASentenceBeforeItStarts() {
    Script.write(spark.resolve("jars/spark-core_2.13-4.1.2.jar"), "", "r--r--r--");
    Map<String, String> variables =
        Map.of("SPARK_HOME", spark.toString(), "HADOOP_CONF_DIR", "/etc/hadoop");
    Script.write(folder.resolve("own.conf"), "spark.master  yarn\n", "r--r--r--");
    String own = folder.resolve("own.conf").toString();

    assertThat(remap(variables, List.of("status", "--properties-file", "/not/there.conf")))
        .isEqualTo(new Script.Ran(2, "remap: --properties-file /not/there.conf cannot be read\n"));
    for (List<String> yarn :
        List.of(
            List.of("status", "--master", "yarn"),
            List.of("status", "--conf", "spark.master=yarn"),
            List.of("status", "--properties-file", own))) {
      Script.Ran without = remap(Map.of("SPARK_HOME", spark.toString()), yarn);
      assertThat(without.status()).isEqualTo(2);
      assertThat(without.said()).startsWith("remap: the master is yarn: let HADOOP_CONF_DIR name");
      Script.Ran ran = remap(variables, yarn);
      assertThat(ran.status()).isEqualTo(2);
      assertThat(ran.said())
          .startsWith(
              "remap: the master is yarn, and the Spark in " + spark + " has no jars/spark-y")
          .hasLineCount(1);
    }
    assertThat(remap(variables, List.of("status", "--master=k8s://x")).said())
        .contains("has no jars/spark-kubernetes_*.jar");
  }
}
