# Sourced by bin/spark-matrix, bin/cluster-test and bin/pod-specs: Sparks from Maven's artifacts.

# Usage: assemble_spark FOLDER VERSION SCALA MODULE… The jars of these modules of Spark, with the Hadoop
# that they come with, in FOLDER/jars, as its own distribution has them: without S3. Nothing is to do where
# they are there. Says nothing; what Maven says is in FOLDER/mvn.log.
assemble_spark() {
  local folder=$1 version=$2 scala=$3 module pom
  shift 3
  pom='<project><modelVersion>4.0.0</modelVersion><groupId>any</groupId><artifactId>any</artifactId><version>1</version><dependencies>'
  for module in "$@"; do
    pom+="<dependency><groupId>org.apache.spark</groupId><artifactId>spark-${module}_$scala</artifactId><version>$version</version></dependency>"
  done
  pom+='</dependencies></project>'
  [ "$(cat "$folder/complete" 2> /dev/null)" != "$pom" ] || return 0
  rm -rf "$folder"
  mkdir -p "$folder"
  echo "$pom" > "$folder/pom.xml"
  mvn -q -f "$folder/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$folder/jars" > "$folder/mvn.log" 2>&1 || return 1
  echo "$pom" > "$folder/complete"
}
