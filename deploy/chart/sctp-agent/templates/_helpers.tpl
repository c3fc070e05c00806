{{/*
The chart has no objects of its own: it reads those of deploy/base and deploy/components, with their patches, and applies the
values to them. So it cannot differ from the kustomizations.
*/}}

{{/* The text of a file, with the namespace of the values. */}}
{{- define "sctp-agent.text" -}}
{{- $text := .root.Files.Get .path -}}
{{- if not $text }}{{ fail (printf "%s is missing from the chart" .path) }}{{ end -}}
{{- $name := .root.Values.namespace.name -}}
{{- $text = regexReplaceAll "(?m)^( *namespace: )sctp-agent$" $text (printf "${1}%s" $name) -}}
{{- $text = regexReplaceAll "(?m)^( *- )sctp-agent$" $text (printf "${1}%s" $name) -}}
{{- $text = regexReplaceAll `\.sctp-agent\.svc\b` $text (printf ".%s.svc" $name) -}}
{{- $text -}}
{{- end -}}

{{/* The components that the values ask for, in the order in which their patches are applied. */}}
{{- define "sctp-agent.components" -}}
{{- range list "openshift" "restricted" "monitoring" "nfd" "intents" "paths" "revert" }}
{{- if (index $.Values .).enabled }}
- {{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Changes .object by .patch: a JSON patch (add and replace, by key or at the end of a list), or an object to merge. */}}
{{- define "sctp-agent.patch" -}}
{{- if not (hasPrefix "-" (trim (regexReplaceAll "(?m)^#.*$" .patch ""))) }}
{{- $_ := mergeOverwrite .object (fromYaml .patch) }}
{{- else }}
{{- $object := .object }}
{{- range fromYamlArray .patch }}
{{- if not (has .op (list "add" "replace")) }}{{ fail (printf "the chart knows no operation %s" .op) }}{{ end }}
{{- $way := splitList "/" (trimPrefix "/" .path) }}
{{- $appends := eq (last $way) "-" }}
{{- if $appends }}{{ $way = initial $way }}{{ end }}
{{- $place := $object }}
{{- range initial $way }}
{{- $key := . | replace "~1" "/" | replace "~0" "~" }}
{{- if kindIs "slice" $place }}{{ $place = index $place (atoi $key) }}{{ else }}{{ $place = index $place $key }}{{ end }}
{{- end }}
{{- $key := last $way | replace "~1" "/" | replace "~0" "~" }}
{{- if $appends }}
{{- $_ := set $place $key (append (index $place $key) .value) }}
{{- else }}
{{- $_ := set $place $key .value }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Applies the values that the kustomizations leave to whoever edits them to the DaemonSet .object. */}}
{{- define "sctp-agent.values" -}}
{{- $values := .root.Values }}
{{- $image := first .base.images }}
{{- $pod := .object.spec.template.spec }}
{{- $agent := first $pod.containers }}
{{- $reference := printf "%s:%s" $values.image.repository ($values.image.tag | default $image.newTag) }}
{{- if $values.image.digest }}{{ $reference = printf "%s@%s" $values.image.repository $values.image.digest }}{{ end }}
{{- $_ := set $agent "image" $reference }}
{{- if $values.image.pullPolicy }}{{ $_ := set $agent "imagePullPolicy" $values.image.pullPolicy }}{{ end }}
{{- if $values.imagePullSecrets }}{{ $_ := set $pod "imagePullSecrets" $values.imagePullSecrets }}{{ end }}
{{- range $agent.env }}
{{- if eq .name "SCTP_AGENT_UNBLOCK" }}{{ $_ := set . "value" $values.unblock }}{{ end }}
{{- end }}
{{- if $values.env }}{{ $_ := set $agent "env" (concat $agent.env $values.env) }}{{ end }}
{{- if $values.resources }}{{ $_ := set $agent "resources" $values.resources }}{{ end }}
{{- if not (kindIs "invalid" $values.tolerations) }}{{ $_ := set $pod "tolerations" $values.tolerations }}{{ end }}
{{- if $values.nodeSelector }}{{ $_ := set $pod "nodeSelector" (merge (dict) $values.nodeSelector $pod.nodeSelector) }}{{ end }}
{{- $_ := set .object.spec.updateStrategy.rollingUpdate "maxUnavailable" $values.maxUnavailable }}
{{- end -}}

{{/* Gives the container that reverts what the agent's container has, as components/revert does by replacements. */}}
{{- define "sctp-agent.reverting" -}}
{{- $pod := .object.spec.template.spec }}
{{- $agent := first $pod.containers }}
{{- range $pod.initContainers }}
{{- $revert := . }}
{{- range list "image" "imagePullPolicy" "env" "resources" "securityContext" "volumeMounts" }}
{{- if hasKey $agent . }}{{ $_ := set $revert . (index $agent .) }}{{ end }}
{{- end }}
{{- end }}
{{- end -}}
